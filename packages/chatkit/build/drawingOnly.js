/**
 * A build step: keeps of Preact what draws, and lets a text that changes keep what stays of it. What takes over nodes that
 * a server has drawn, portals, parts that wait for a promise, and the one place that could write HTML as a string are never
 * used here.
 */
import { changed } from './changes.js';

/** Pieces of the source, and what stands in their place. A name in them is whatever the source calls it. */
const CHANGES = /** @type {const} */ ([
  // Nodes that a server has drawn: found, matched, left over.
  [/128&\w\.__u&&\(\w=32&.+?,\w=\w\[0\]\|\|\w\),/g, ''],
  [
    /if\((\w\.length=\w,\w\.__v=null),\w\|\|\w\)if\(\w&&\w\.then\)\{.+?\}else \w&&\w\.some\(\w\);else (?=\w\.__e=)/g,
    '$1,',
  ],
  [/\w&&\w\.some\(\w\),(?=\w\.__h\.length)/g, ''],
  [
    /if\(("svg"==.{1,150}?),(\w)\)for\((\w)=0;\3<\2\.length;\3\+\+\)if\(\(\w=\2\[\3\]\)&&\(.+?break\}/g,
    '$1;',
  ],
  [/,(\w)&&\(\w\.__m&&\w\.__m\(\w,\w\),\1=!1\),\w=null\}/g, '}'],
  [
    /if\((\w="template"==\w&&\w\.content\|\|\w),\w="textarea"==\w&&null!=\w\.defaultValue\?null:\w&&\w\.call\(\w\.childNodes\),!\w&&\w\)for\(.+?\.value;/g,
    '$1;',
  ],
  [/,\w&&\w\.some\(\w\)\),\w&&"textarea"!=\w\|\|\(/g, '),('],
  [/\w&&"function"!=typeof (\w)\|\|(?=[\w$]\[\w\]===\1\|\|)/g, ''],
  [/!\w&&\(\w=\w\.__c\)&&\(\w=\w\.__z\)&&\(\w=\w\(\w,\w=\[\]\)\)&&\(.+?\)\),/g, ''],
  [/\w=\(\w=\w&&32&\w\.__u\)\?null:(?=\w\.__k,)/g, (/** @type {string} */ whole) => `${whole.slice(0, 1)}=`],
  [/\w\?null:\w\.firstChild\?\w\.call\(\w\.childNodes\):null/g, 'null'],
  // Portals.
  [/\w\.__P&&\(\w=\w,\w=\(\w=\w\.__P\)\.namespaceURI,.+?:null\),/g, ''],
  [/\w\.__P&&\(\w\.__e=null,\w=\w\),/g, ''],
  [/if\(\w\.props\.__P\)return \w;/g, ''],
  [/\|\|\w\.props\.__P(?=\?null)/g, ''],
  [/&&!\w\.props\.__P/g, ''],
  // What classes of components may have, and ours have not.
  [/,\w\.getDerivedStateFromProps&&\(\w\.__s==\w\.state&&.+?\)\)\)\)/g, ')'],
  [
    /\w!==\w&&\w&&!\w\.getDerivedStateFromProps&&(\w)\.componentWillReceiveProps&&\1\.componentWillReceiveProps\(\w,\w\),/g,
    '',
  ],
  [/(break n\})\w\.componentWillUpdate&&.+?componentDidMount\);/g, '$1}'],
  [
    /\w\.getChildContext&&\(.+?\)\),\w&&\w\.__c&&\w\.getSnapshotBeforeUpdate&&\(.+?\)\),/g,
    (/** @type {string} */ whole) => whole.replace(/\)\),\w&&\w\.__c&&\w\.getSnap.*$/, ')),'),
  ],
  // Whoever hears of an error of a part within has to draw something else then.
  [
    /\{for\(var \w,\w,\w;(\w)=\1\.__;\)if\(\((\w)=\1\.__c\)&&!\(1&\2\.__g\)\)\{.+?\}catch\((\w)\)\{(\w)=\3\}\}(throw)/g,
    '{for(var $2;$1=$1.__;)if(($2=$1.__c)&&$2.componentDidCatch)return $2.componentDidCatch($4);$5',
  ],
  // What stays of a text that changes keeps its place, and so does what is selected of it.
  [
    /\w&&(\w)\.data==(\w)\|\|\(\1\.data=\2\)/g,
    '((was,text)=>{let i=0;for(;i<text.length&&was[i]===text[i];)i++;$1.replaceData(i,was.length,text.slice(i))})($1.data,""+$2)',
  ],
  // A style attribute, which markup of ours may not have, and names that only other dialects of JSX use.
  [/if\("style"==\w\)if.+?else (?=if\("o"==\w\[0\])/g, ''],
  [/(?<=if\("http:\/\/www\.w3\.org\/2000\/svg"==\w\))\w=\w\.replace\(\/xlink.+?"s"\)(?=;else)/g, ''],
  // What a context may be besides what a hook reads.
  [/\w=\(\w=\w\.contextType\)&&\w\[\w\.__c\],(\w=)\w\?\w\?\w\.props\.value:\w\.__:(\w),/g, '$1$2,'],
  [/(?<=:\(\w\.__c=\w=new \w\(\w,\w\),\w\.constructor=\w,\w\.render=\w\)),\w&&\w\.sub\(\w\)/g, ''],
  [/\(\w\.Consumer=function\(\w,\w\)\{return \w\.children\(\w\)\}\)\.contextType=/g, ''],
  // What tools and other ways of drawing hang in.
  [/(?<=return)!\w&&\w\.vnode&&\w\.vnode\(\w\),(?=\w\})/g, ' '],
  [/\w\.vnode&&\w\.vnode\(\w\),/g, ''],
  [/&&\w==\w\.debounceRendering\|\|\(\(\w=\w\.debounceRendering\)\|\|queueMicrotask\)/g, '||queueMicrotask'],
  [/\(\w\|\|queueMicrotask\)(?=\(\w\))/g, 'queueMicrotask'],
  [/\w\.event\?\w\.event\((\w)\):\1/g, '$1'],
  [/\w\.__&&\w\.__\(\w,\w\),9==\w\.nodeType&&\(\w=\w\.documentElement\),/g, ''],
  [/,\w\.prototype\.forceUpdate=function\(\w\)\{.+?\}(?=,\w\.prototype\.render)/g, ''],
  // HTML as a string.
  [/"dangerouslySetInnerHTML"==\w\?\w=\w:/g, ''],
  [/(\w)\?\(\w\|\|\w&&\(\1\.__html==.+?\),\w\.__k=\[\]\):\(\w&&\(\w\.textContent=""\),/g, '('],
]);

/** The same for its hooks: tools that look into them, what was hung in before them, and the rare ones, are never here. */
const CHANGES_OF_HOOKS = /** @type {const} */ ([
  [/,(\w)=(\w)\.__b,\w=\2\.__r,\w=\2\.diffed,\w=\2\.__c,\w=\2\.unmount,\w=\2\.__;/g, ';'],
  [/(?<=\{)(\w)\.__h&&\1\.__h\(\w,\w,\w\|\|\w\),\w=0;/g, ''],
  [/return \w=[158],/g, 'return '],
  [/!\w\.__s&&(?=\w\(\w\.__H,)/g, ''],
  [/\w\.__=function\(\w,\w\)\{\w&&\w\.__k&&.+?\},(?=\w\.__r=)/g, ''],
  [/(?<=\.__b=function\(\w\)\{\w=null),\w&&\w\(\w\)/g, ''],
  [/(?<=\.__r=function\(\w\)\{)\w&&\w\(\w\),/g, ''],
  [/(?<=\.diffed=function\(\w\)\{)\w&&\w\(\w\);/g, ''],
  [/,\w&&\w\(\w,\w\)(?=\},\w\.unmount=)/g, ''],
  [/(?<=\.unmount=function\(\w\)\{)\w&&\w\(\w\);/g, ''],
  [/1!=(\w)&&\w==\w\.requestAnimationFrame\|\|\(\(\w=\w\.requestAnimationFrame\)\|\|(\w)\)\(/g, '1==$1&&$2('],
  [/\w\?\w\(\w\):(?=\w\(void 0,\w\))/g, ''],
]);

/** @returns {import('vite').Plugin} */
export function drawingOnly() {
  return {
    name: 'preact-drawing-only',
    transform(code, id) {
      const path = id.replaceAll('\\', '/');
      if (/\/preact\/dist\/preact\.m?js$/.test(path)) return { code: cutPreact(code), map: null };
      if (/\/preact\/hooks\/dist\/hooks\.m?js$/.test(path)) return { code: cutHooks(code), map: null };
      return null;
    },
  };
}

/** The source of Preact, cut. */
export function cutPreact(/** @type {string} */ code) {
  return changed(code, CHANGES, 'preact', 'drawingOnly').replace(/\/\/# sourceMappingURL=.*/, '');
}

/** The source of its hooks, cut. */
export function cutHooks(/** @type {string} */ code) {
  return changed(code, CHANGES_OF_HOOKS, 'preact/hooks', 'drawingOnly').replace(
    /\/\/# sourceMappingURL=.*/,
    '',
  );
}
