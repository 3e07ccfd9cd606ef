/** Items that are drawn in words for now: what a widget copies, what a workflow did, what was asked. */
import { Markdown } from '../../markdown/Markdown';
import type { Task, ThreadItem } from '../../protocol/generated';

export function OtherItem({ item }: { item: ThreadItem }) {
  switch (item.type) {
    case 'widget':
      return item.copy_text ? <Markdown source={item.copy_text} /> : null;
    case 'workflow':
      return <Tasks tasks={item.workflow.tasks} />;
    case 'task':
      return <Tasks tasks={[item.task]} />;
    case 'structured_input':
      return (
        <dl class="muted">
          {item.inputs.map((question) => (
            <div key={question.id}>
              <dt dir="auto">{question.question}</dt>
              <dd dir="auto">{question.answer?.values.join(', ') ?? ''}</dd>
            </div>
          ))}
        </dl>
      );
    default:
      return null;
  }
}

function Tasks({ tasks }: { tasks: readonly Task[] }) {
  return (
    <ul class="muted">
      {tasks.map((task, index) => {
        const words = task.title ?? ('content' in task ? task.content : null);
        return words ? (
          <li key={index} dir="auto">
            {words}
          </li>
        ) : null;
      })}
    </ul>
  );
}
