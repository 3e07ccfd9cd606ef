/** Thumbs up and down; loaded where the app wants them. */
import { lazy } from '../lazy';

export const Feedback = lazy(() => import('./rich/Thumbs'));
