/** Markdown as nodes: tokens become elements, never HTML strings. Raw HTML is shown as the text it is. */
import { Component, type ComponentChildren } from 'preact';
import { useContext, useEffect, useMemo } from 'preact/hooks';
import type { Token, Tokens } from 'marked';
import { onDemand } from '../onDemand';
import { useValue } from '../useValue';
import { BlockParser } from './blocks';
import { CodeBlock } from './CodeBlock';
import { decode } from './entities';
import { atMarks, MarksContext, withoutMarks } from './marks';
import { safeLink } from './links';
import { askForRare, isRare, rareFor, TextContext, type RareToken } from './rare';

type Props = {
  source: string;
  /** The text is still growing: parse its tail only, and hold back what is half there. */
  streaming?: boolean;
  /** Level of a first-level heading, 1 to 6. */
  headingLevel?: number;
};

export function Markdown({ source, streaming = false, headingLevel = 3 }: Props) {
  const parser = useMemo(() => new BlockParser(), []);
  const known = useValue(rareFor(source));
  useEffect(() => {
    if (isRare(source)) askForRare();
  }, [source]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- what is known decides what is found
  const whole = useMemo(() => !streaming && parser.end(source), [parser, streaming, source, known]);
  const tokens = whole || parser.grow(source);
  return (
    <div class="md">
      <TextContext.Provider value={parser}>
        {blocks(tokens, streaming, headingLevel)}
        {known && <known.Noted tokens={tokens} headingLevel={headingLevel} />}
      </TextContext.Provider>
    </div>
  );
}

type BlockProps = { token: Token; open: boolean; headingLevel: number };

/** One block; drawn again only when its own text has changed. */
class Block extends Component<BlockProps> {
  override shouldComponentUpdate(next: BlockProps): boolean {
    const { token, open, headingLevel } = this.props;
    return (
      next.token.raw !== token.raw ||
      next.token.type !== token.type ||
      // The same text may mean more by now.
      (next.token !== token && isRare(token.raw)) ||
      next.open !== open ||
      next.headingLevel !== headingLevel
    );
  }

  override render({ token, open, headingLevel }: BlockProps) {
    return block(token, open, headingLevel);
  }
}

function block(token: Token, open: boolean, level: number): ComponentChildren {
  const { View } = token as Partial<RareToken>;
  if (View) return <View token={token as never} />;
  switch (token.type) {
    case 'heading': {
      const { depth, tokens } = token as Tokens.Heading;
      const Heading = `h${Math.min(6, level + depth - 1)}` as 'h3';
      return (
        <Heading dir="auto" data-depth={depth}>
          {inline(tokens)}
        </Heading>
      );
    }
    case 'paragraph':
      // Without a direction of its own, which a list or a quotation around it could not be told from.
      return <p>{inline((token as Tokens.Paragraph).tokens)}</p>;
    case 'text': {
      const { tokens, text } = token as Tokens.Text;
      return tokens ? inline(tokens) : words(text);
    }
    case 'code':
      return <CodeBlock token={token as Tokens.Code} open={open} />;
    case 'blockquote':
      return <blockquote dir="auto">{blocks((token as Tokens.Blockquote).tokens, open, level)}</blockquote>;
    case 'list':
      return list(token as Tokens.List, open, level);
    case 'hr':
      return <hr />;
    case 'space':
    case 'def':
    case 'checkbox':
      return null;
    case 'html':
    case 'plain':
      return (
        <p dir="auto" class="md-plain">
          {withoutMarks((token as Tokens.HTML).text).replace(/\n+$/, '')}
        </p>
      );
    default:
      return 'tokens' in token ? inline(token.tokens) : token.raw;
  }
}

/** The blocks of a text, or within another one. */
export function blocks(tokens: readonly Token[], open: boolean, level: number): ComponentChildren {
  return tokens.map((token, index) => (
    <Block key={index} token={token} open={open && index === tokens.length - 1} headingLevel={level} />
  ));
}

function list({ ordered, start, items }: Tokens.List, open: boolean, level: number): ComponentChildren {
  const rows = items.map((item, index) => (
    <li key={index} class={item.task ? 'md-task' : undefined}>
      {item.task && (
        <input
          type="checkbox"
          checked={item.checked ?? false}
          disabled
          aria-label={withoutMarks(item.text).split('\n')[0]}
        />
      )}
      {blocks(item.tokens, open && index === items.length - 1, level)}
    </li>
  ));
  // The list as a whole has a direction: its numbers stand on one side.
  if (!ordered) return <ul dir="auto">{rows}</ul>;
  return (
    <ol dir="auto" start={start === '' ? 1 : start}>
      {rows}
    </ol>
  );
}

/** How far inside of emphasis and links we are; further in there is no sense, and drawing would run out of stack. */
let depth = 0;
const DEEPEST = 50;

/** What stands within a line. */
export function inline(tokens: readonly Token[] | undefined): ComponentChildren {
  depth++;
  try {
    return tokens?.map((token, index) => (depth > DEEPEST ? token.raw : piece(token, index)));
  } finally {
    depth--;
  }
}

function piece(token: Token, key: number): ComponentChildren {
  switch (token.type) {
    case 'strong':
      return <strong key={key}>{inline(token.tokens)}</strong>;
    case 'em':
      return <em key={key}>{inline(token.tokens)}</em>;
    case 'del':
      return <del key={key}>{inline(token.tokens)}</del>;
    case 'codespan':
      return (
        <code key={key} dir="ltr">
          {withoutMarks((token as Tokens.Codespan).text)}
        </code>
      );
    case 'br':
      return <br key={key} />;
    case 'link':
      return <Link key={key} token={token as Tokens.Link} />;
    case 'image':
      return <Picture key={key} token={token as Tokens.Image} />;
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'plain':
    case 'rare':
    case 'text':
    case 'checkbox':
      return block(token, false, 1);
    default:
      return withoutMarks(token.raw);
  }
}

function words(text: string): ComponentChildren {
  const pieces = atMarks(decode(text));
  if (pieces.length === 1 && typeof pieces[0] === 'string') return pieces[0];
  return pieces.map((one, index) => (typeof one === 'string' ? one : <Mark key={index} mark={one} />));
}

function Mark({ mark }: { mark: number }) {
  return <>{useContext(MarksContext)?.(mark)}</>;
}

function Link({ token }: { token: Tokens.Link }) {
  const link = safeLink(withoutMarks(decode(token.href)));
  const words = inline(token.tokens);
  if (!link) return <>{words}</>;
  const elsewhere = link.external ? { target: '_blank', rel: 'noopener noreferrer' } : {};
  return (
    <a href={link.href} title={token.title ? decode(token.title) : undefined} {...elsewhere}>
      {words}
    </a>
  );
}

const { module: pictures, ask: askForPictures } = onDemand(() => import('./Picture'));

/** A picture; its description until what draws it has been fetched. */
function Picture({ token }: { token: Tokens.Image }) {
  const drawing = useValue(pictures);
  useEffect(askForPictures, []);
  const [src, alt] = [withoutMarks(decode(token.href)), withoutMarks(decode(token.text))];
  return drawing ? <drawing.Picture src={src} alt={alt} /> : <>{alt}</>;
}
