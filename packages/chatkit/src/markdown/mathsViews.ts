/** Everything about formulas but the drawing, which waits for one to be there. */
export { Maths } from './Maths';
export { holdBackMaths, mathsExtensions } from './mathsSyntax';
