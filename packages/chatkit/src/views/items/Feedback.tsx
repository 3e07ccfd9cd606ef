/** Thumbs up and down; loaded where the app wants them, in room that is theirs from the start. */
import { lazy } from '../lazy';

export const Feedback = lazy(
  () => import('./rich/Thumbs'),
  () => (
    <>
      <span class="icon-button" />
      <span class="icon-button" />
    </>
  ),
);
