/** Everything in an answer that is not a message: workflows, tasks, pictures, questions. Loaded with the first of them. */
import { Markdown } from '../../../markdown/Markdown';
import type { ThreadItem } from '../../../protocol/generated';
import styles from '../../../styles/later/items.css?inline';
import { Answers } from './Answers';
import { GeneratedImage } from './GeneratedImage';
import { TaskView } from './TaskView';
import { WorkflowView } from './WorkflowView';

export { styles };

export function View({ item, streaming }: { item: ThreadItem; streaming: boolean }) {
  switch (item.type) {
    case 'widget':
      return item.copy_text ? <Markdown source={item.copy_text} /> : null;
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
