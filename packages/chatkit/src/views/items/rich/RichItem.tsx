/** Everything in an answer that is not a message: workflows, tasks, pictures, questions. Loaded with the first of them. */
import { useLocale, useText, type TextOf } from '../../../i18n';
import { Markdown } from '../../../markdown/Markdown';
import type { ThreadItem } from '../../../protocol/generated';
import styles from '../../../styles/later/items.css?inline';
import { useValue } from '../../../useValue';
import { useChat } from '../../context';
import { Answers } from './Answers';
import { GeneratedImage } from './GeneratedImage';
import { TaskView } from './TaskView';
import { headOf, titleOf, WorkflowView } from './WorkflowView';

export { styles };

type Props = { item: ThreadItem; streaming: boolean };

/** What a screen reader is told of it once it is finished stands in it like a paragraph of an answer. */
export function View({ item, streaming }: Props) {
  const text = useText();
  const locale = useLocale();
  const said = saidOf(item, text, locale);
  return (
    <div class="item" aria-busy={streaming}>
      {said && (
        <div class="md" hidden>
          <p>{said}</p>
        </div>
      )}
      <Content item={item} streaming={streaming} />
    </div>
  );
}

function Content({ item, streaming }: Props) {
  const { headingLevel = 2 } = useValue(useChat().options);
  switch (item.type) {
    case 'widget':
      return item.copy_text ? <Markdown source={item.copy_text} headingLevel={headingLevel + 1} /> : null;
    case 'workflow':
      return <WorkflowView workflow={item.workflow} streaming={streaming} />;
    case 'task':
      return (
        <div class="workflow" part="workflow">
          <TaskView task={item.task} status={null} />
        </div>
      );
    case 'generated_image':
      return <GeneratedImage item={item} streaming={streaming} />;
    case 'structured_input':
      return item.status === 'pending' ? null : <Answers item={item} />;
    default:
      return null;
  }
}

function saidOf(item: ThreadItem, text: TextOf, locale: string): string {
  switch (item.type) {
    case 'workflow':
      return headOf(item.workflow, false, text, locale);
    case 'task':
      return titleOf(item.task, text);
    case 'generated_image':
      return text(item.image ? 'picture.generated' : 'picture.failed');
    default:
      return ''; // a widget says what it holds
  }
}
