/** A build step: keeps marked's lexer and leaves its HTML renderer out, which nothing here may use. */

/**
 * marked's one file makes a ready instance of everything, so no bundler can drop what we do not import. This cuts the
 * file before that instance; what only the instance held falls away.
 *
 * @returns {import('vite').Plugin}
 */
export function lexerOnly() {
  return {
    name: 'marked-lexer-only',
    transform(code, id) {
      if (!/\/marked\/lib\/marked\.esm\.js$/.test(id.replaceAll('\\', '/'))) return null;
      const instance = code.search(/var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse\(/);
      const lexer = /(\w+) as Lexer\b/.exec(code.slice(instance))?.[1];
      if (instance === -1 || !lexer) {
        throw new Error('marked has another shape than this build expects: see build/lexerOnly.js');
      }
      return { code: `${code.slice(0, instance)}export{${lexer} as Lexer};`, map: null };
    },
  };
}
