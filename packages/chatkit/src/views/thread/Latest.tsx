/** A way down to the newest message; and as whoever is not there is reading, their place is held from now on. */
import { useLayoutEffect } from 'preact/hooks';
import { useText } from '../../i18n';
import { IconButton } from '../../icons/IconButton';
import styles from '../../styles/later/latest.css?inline';
import { Place } from '../reading/place';
import { belowOf, moveBy, type Scrolling } from './useScrolling';

export { styles };

export function View({ reader, boxOf }: Pick<Scrolling, 'reader' | 'boxOf'>) {
  const text = useText();

  useLayoutEffect(() => {
    if (reader.find) return;
    let place: Place | null = null;
    // The same one as long as nobody scrolls: a view that gets narrower by and by must not go back by a line each time.
    reader.find = (turn, top) => (place = place?.isStill(top) ? place : new Place(turn, top));
    const turn = reader.anchor && reader.anchor.element;
    if (!(turn instanceof Element)) return;
    const { top } = boxOf().getBoundingClientRect();
    const element = reader.find(turn, top);
    reader.anchor = { element, top: element.getBoundingClientRect().top - top };
  }, [reader, boxOf]);

  const jumpToEnd = () => {
    const box = boxOf();
    reader.atEnd = true;
    moveBy(box, reader, belowOf(box) + 24, true);
  };
  return (
    <div class="latest">
      <IconButton icon="arrow-down" label={text('thread.latest')} part="latest-button" onClick={jumpToEnd} />
    </div>
  );
}
