/** What was done for an answer: one line that says it, and the steps below it when they are wanted. */
import { useRef, useState } from 'preact/hooks';
import { useLocale, useText, type TextOf } from '../../../i18n';
import { unturned } from '../../../i18n/unturned';
import { Icon } from '../../../icons/Icon';
import type { Task, Workflow } from '../../../protocol/generated';
import { durationInWords } from './duration';
import { TaskView } from './TaskView';
import { useName } from './useName';

type Props = { workflow: Workflow; streaming: boolean };

export function WorkflowView({ workflow, streaming }: Props) {
  const text = useText();
  const locale = useLocale();
  const id = useName();
  const [wanted, want] = useState<boolean | null>(null);
  // What the server says counts until a person has said something else.
  const told = useRef(workflow.expanded);
  if (told.current !== workflow.expanded) told.current = workflow.expanded;
  const open = wanted ?? told.current;
  const { tasks } = workflow;
  const icon = iconOf(workflow);
  return (
    <section class="workflow" part="workflow" aria-busy={streaming}>
      <button
        type="button"
        class="workflow-head"
        aria-expanded={open}
        aria-controls={id}
        disabled={tasks.length === 0}
        onClick={() => want(!open)}
      >
        {streaming ? <i class="dot" /> : icon && <Icon name={icon} />}
        <span dir="auto">{headOf(workflow, streaming, text, locale)}</span>
        {tasks.length > 0 && <Icon name="chevron-right" />}
      </button>
      <ol id={id} class="tasks" hidden={!open}>
        {open &&
          tasks.map((task, index) => (
            <li key={index}>
              <TaskView task={task} status={statusOf(task, streaming)} />
            </li>
          ))}
      </ol>
    </section>
  );
}

function iconOf({ summary, type }: Workflow): string | null {
  if (summary && 'title' in summary) return summary.icon ?? null;
  return type === 'reasoning' ? 'lightbulb' : 'check-circle';
}

/** While it runs: the step of the moment. Afterwards: the summary, or how long it took. */
export function headOf(
  { type, summary, tasks }: Workflow,
  streaming: boolean,
  text: TextOf,
  locale: string,
): string {
  if (streaming) {
    const current = tasks.findLast((task) => task.status_indicator === 'loading') ?? tasks.at(-1);
    const words = current && titleOf(current, text);
    return words || text(type === 'reasoning' ? 'workflow.thinking' : 'workflow.working');
  }
  if (summary && 'title' in summary) return summary.title;
  if (summary && Number.isFinite(summary.duration)) {
    const duration = durationInWords(summary.duration, locale);
    return text(type === 'reasoning' ? 'workflow.thoughtFor' : 'workflow.workedFor', { duration });
  }
  return type === 'reasoning' ? text('workflow.thought') : text('workflow.steps', { count: tasks.length });
}

function statusOf(task: Task, streaming: boolean): Task['status_indicator'] {
  // What is over loads no more, whatever was said last.
  return task.status_indicator === 'loading' && !streaming ? 'complete' : task.status_indicator;
}

/** A step in a few words; empty if it has none. */
export function titleOf(task: Task, text: TextOf): string {
  if (task.title) return task.title;
  switch (task.type) {
    case 'web_search':
      return task.title_query
        ? text('task.searching', { query: unturned(task.title_query) })
        : text('task.search');
    case 'file':
      return text('task.files');
    case 'image':
      return text('task.image');
    default:
      return '';
  }
}
