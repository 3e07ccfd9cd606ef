/** Items that are no messages, drawn by a part that is loaded with the first of them. */
import { lazy } from '../lazy';

export const OtherItem = lazy(
  () => import('./rich/RichItem'),
  () => (
    <p class="state">
      <i class="dot" />
    </p>
  ),
);
