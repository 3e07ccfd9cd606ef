/** The view before the first message: a greeting, and prompts that are sent at a click. */
import { useText } from '../../i18n';
import { Icon } from '../../icons/Icon';
import type { StartScreenPrompt } from '../../options';
import type { UserMessageContent } from '../../protocol/generated';
import { asSent } from '../../state/desk';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { Heading } from '../Heading';

export function StartScreen() {
  const text = useText();
  const { options, commands, focusComposer } = useChat();
  const { greeting, prompts = [] } = useValue(options).startScreen ?? {};
  return (
    <div class="start" part="start-screen">
      <div class="column">
        <Heading class="greeting">{greeting ?? text('start.greeting')}</Heading>
        <ul class="prompts">
          {prompts.map((prompt) => (
            <li key={prompt.label}>
              <button
                type="button"
                class="prompt"
                part="start-prompt"
                onClick={() => {
                  void commands.prompt(contentOf(prompt));
                  focusComposer();
                }}
              >
                {prompt.icon && <Icon name={prompt.icon} />}
                <span dir="auto">{prompt.label}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function contentOf({ prompt }: StartScreenPrompt): UserMessageContent[] {
  if (typeof prompt === 'string') return [{ type: 'input_text', text: prompt }];
  return prompt.map(asSent);
}
