/** What knows formulas; until it is there they are shown as they were written. */
import { onDemand } from './onDemand';

const { module, ask } = onDemand(() => import('./mathsViews'));

export { module as maths };

/** Fetches it if the text may need it. */
export function askForMaths(text: string): void {
  if (/\$|\\[([]/.test(text)) ask();
}
