/** One step of work. In a workflow its sign says whether it is done. */
import { useText } from '../../../i18n';
import { Icon } from '../../../icons/Icon';
import { Markdown } from '../../../markdown/Markdown';
import { safeLink } from '../../../markdown/links';
import type { Task, URLSource } from '../../../protocol/generated';
import { useValue } from '../../../useValue';
import { useChat } from '../../context';
import { titleOf } from './WorkflowView';

type Props = { task: Task; status: Task['status_indicator'] | null };

export function TaskView({ task, status }: Props) {
  const text = useText();
  const title = titleOf(task, text);
  const icon = iconOf(task);
  return (
    <div class="task" data-status={status ?? undefined}>
      <span class="task-sign">
        {status === 'loading' ? (
          <>
            <i class="dot" />
            <span class="visually-hidden">{text('task.running')}</span>
          </>
        ) : (
          <Icon name={icon ?? (status === 'complete' ? 'check' : 'dot')} />
        )}
      </span>
      <div class="task-body">
        {title && <p dir="auto">{title}</p>}
        <Content task={task} />
      </div>
    </div>
  );
}

function iconOf(task: Task): string | null {
  switch (task.type) {
    case 'custom':
      return task.icon ?? null;
    case 'web_search':
      return 'globe';
    case 'file':
      return 'document';
    case 'image':
      return 'square-image';
    case 'thought':
      return null;
  }
}

function Content({ task }: { task: Task }) {
  const { headingLevel = 2 } = useValue(useChat().options);
  switch (task.type) {
    case 'custom':
    case 'thought':
      return task.content ? <Markdown source={task.content} headingLevel={headingLevel + 2} /> : null;
    case 'web_search':
      return (
        <>
          {some(task.queries).length > 0 && (
            <ul class="chips">
              {task.queries.map((query, index) => (
                <li key={index} class="chip" dir="auto">
                  <Icon name="search" />
                  {query}
                </li>
              ))}
            </ul>
          )}
          {some(task.sources).length > 0 && (
            <ul class="chips">
              {task.sources.map((source, index) => (
                <li key={index}>
                  <SourceChip source={source} />
                </li>
              ))}
            </ul>
          )}
        </>
      );
    case 'file':
      return some(task.sources).length > 0 ? (
        <ul class="chips">
          {task.sources.map((source, index) => (
            <li key={index} class="chip" dir="auto">
              <Icon name="document" />
              {source.title || source.filename}
            </li>
          ))}
        </ul>
      ) : null;
    case 'image':
      return null;
  }
}

/** Not every server sends a list that is empty (protocol.md W-5). */
function some<T>(list: readonly T[] | undefined): readonly T[] {
  return list ?? [];
}

/** A page that was read. No picture of its host: asking for one would tell the host who is reading. */
function SourceChip({ source }: { source: URLSource }) {
  const link = safeLink(source.url);
  const words = source.title || source.attribution || source.url;
  if (!link) {
    return (
      <span class="chip" dir="auto">
        {words}
      </span>
    );
  }
  return (
    <a class="chip" href={link.href} target="_blank" rel="noopener noreferrer" title={source.url} dir="auto">
      {words}
    </a>
  );
}
