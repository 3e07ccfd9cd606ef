/** TeX as MathML, made of nodes. Loaded with the first formula. */
import temml from 'temml';
import temmlStyles from 'temml/dist/Temml-Local.css?inline';
import own from '../styles/later/maths.css?inline';

// The font it names is for script capitals alone, and would be asked for beside the page.
export const styles = temmlStyles.replace(/@font-face\s*\{[^}]*\}/g, '') + own;

const options = {
  throwOnError: true,
  // Links, ids, classes and styles that a formula asks for are refused; so are formulas that grow without end.
  trust: false,
  maxExpand: 300,
  maxSize: [20, 200] as [number, number],
};

/** Draws into an element; false, and the element stays empty, if it is no TeX that can be drawn. */
export function drawMaths(place: HTMLElement, tex: string, displayMode: boolean): boolean {
  try {
    temml.render(tex, place, { ...options, displayMode });
    for (const node of place.querySelectorAll('[id]')) node.removeAttribute('id');
    return true;
  } catch {
    place.replaceChildren();
    return false;
  }
}
