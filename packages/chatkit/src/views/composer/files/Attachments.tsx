/** Files for the message: chosen, dropped or pasted, and shown as chips above the field (element.md §3.9). */
import { effect } from '@preact/signals-core';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useLocale, useText } from '../../../i18n';
import { Icon } from '../../../icons/Icon';
import { paths } from '../../../icons/tools';
import { IntegrationError } from '../../../events';
import { acceptAttribute, sortOut } from '../../../state/accepting';
import { filesOf } from '../../../state/attached';
import { canUpload, lookThrough, Uploads } from '../../../state/uploads';
import styles from '../../../styles/later/attachments.css?inline';
import { useValue } from '../../../useValue';
import { useChat } from '../../context';
import type { PartProps } from '../rich/slots';
import { tell } from '../toast/toasts';
import { Chip } from './Chip';
import { useArrivals } from './useArrivals';
import { linesOf } from './words';

export { styles };

/** Fetched before there is something to tell: off line it could not be had. */
void import('../toast/ToastView').catch(() => undefined);

export function View({ desk, editor }: PartProps) {
  const text = useText();
  const locale = useLocale();
  const { options, root, around, announce, report, state } = useChat();
  const words = useRef({ text, locale });
  words.current = { text, locale };
  const picker = useRef<HTMLInputElement>(null);
  const attachments = useValue(desk.attachments);
  const now = useValue(options);
  const option = now.composer?.attachments;
  const isOn = canUpload(now);
  const isMissing = option?.enabled === true && !isOn;
  const isActive = (useValue(state.thread)?.status.type ?? 'active') === 'active';

  const uploads = useMemo(
    () =>
      new Uploads({
        client: around.client,
        emit: around.emit,
        options: () => options.peek(),
        draft: filesOf(desk),
        tell: (trouble) => tell(desk, ...linesOf(trouble, words.current.text, words.current.locale)),
      }),
    [around, options, desk],
  );
  useEffect(() => {
    desk.dropFile = (one) => uploads.remove(one);
    desk.lookThrough = lookThrough;
    return () => {
      desk.dropFile = null;
      uploads.stop();
    };
  }, [desk, uploads]);
  useEffect(() => {
    if (!isOn) return;
    desk.takeFiles.value = (files) => uploads.add(files);
    desk.pickFiles = () => picker.current?.click();
    return () => {
      desk.takeFiles.value = null;
      desk.pickFiles = null;
    };
  }, [desk, uploads, isOn]);
  useEffect(() => {
    if (isMissing)
      report(new IntegrationError('options.api.uploadStrategy: missing, so attachments stay disabled'));
  }, [isMissing, report]);
  useEffect(() => {
    let known = new Set<string>();
    return effect(() => {
      const ready = desk.attachments.value.filter(({ state }) => state === 'ready');
      for (const { localId, file, attachment } of ready) {
        if (file && attachment && !known.has(localId))
          announce(words.current.text('attach.ready', { name: attachment.name }));
      }
      known = new Set(ready.map(({ localId }) => localId));
    });
  }, [desk, announce]);

  const take = (files: readonly File[]) => {
    uploads.add(files);
    editor.focus();
  };
  const isOver = useArrivals({
    area: isOn && isActive ? root.current : null,
    field: editor.box,
    take,
    takeText: (pasted) => {
      const name = `${words.current.text('attach.pasted')}.txt`;
      const file = new File([pasted], name, { type: 'text/plain' });
      if (!option || sortOut([file], option, desk.attachments.peek().length).refused.length) return false;
      take([file]);
      return true;
    },
  });

  return (
    <>
      <input
        ref={picker}
        type="file"
        class="visually-hidden"
        multiple
        hidden
        accept={acceptAttribute(option?.accept)}
        onChange={(event) => {
          const field = event.currentTarget;
          take([...(field.files ?? [])]);
          field.value = ''; // the same file may be chosen again
        }}
      />
      {attachments.length > 0 && (
        <ul class="attachments" part="attachments" role="list" aria-label={text('attach.list')}>
          {attachments.map((one) => (
            <Chip
              key={one.localId}
              one={one}
              onRetry={() => {
                uploads.retry(one);
                editor.focus();
              }}
              onRemove={() => {
                uploads.remove(one);
                editor.focus();
              }}
            />
          ))}
        </ul>
      )}
      {isOver && (
        <div class="drop" part="drop">
          <p>
            <Icon name="upload" paths={paths} />
            {text('attach.drop')}
          </p>
        </div>
      )}
    </>
  );
}
