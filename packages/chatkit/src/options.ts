/** The options of the element: public types, named as apps written for upstream's package import them. */
import type { MessageKey } from './i18n/keys';
import type { ChatKitIcon, HeaderIcon, SupportedLocale } from './names';

export type * from './names';
export type { MessageKey };

// --- api ---------------------------------------------------------------------------------------

/** How files reach the server (protocol.md §14). */
export type FileUploadStrategy = { type: 'two_phase' } | { type: 'direct'; uploadUrl: string };

/** A server of your own. */
export type CustomApiConfig = {
  /** The endpoint, absolute or relative to the page. */
  url: string;
  /** Accepted for apps that have one; not needed and never sent to anybody. */
  domainKey?: string;
  /** Used for every API request, called `(url, init)`; `init.headers` is a plain object. */
  fetch?: typeof fetch;
  /** Needed for attachments. */
  uploadStrategy?: FileUploadStrategy;
};

/** A hosted server: requests carry the secret as bearer token. */
export type HostedApiConfig = {
  /** Called with null at the start, and with the current secret when that one is used up. */
  getClientSecret: (currentClientSecret: string | null) => Promise<string>;
};

// --- chrome ------------------------------------------------------------------------------------

/** An extra button in the header. */
export type HeaderAction = {
  icon: HeaderIcon;
  onClick: () => void;
  /** Its name for screen readers, and what a pointer that rests on it is told. Default: the icon's name. */
  label?: string;
};

export type HeaderOption = {
  /** false removes the whole bar. Default true. */
  enabled?: boolean;
  title?: {
    /** Default true. */
    enabled?: boolean;
    /** Instead of the thread's own title. */
    text?: string;
  };
  leftAction?: HeaderAction;
  rightAction?: HeaderAction;
};

export type HistoryOption = {
  /** Default true. */
  enabled?: boolean;
  /** Default true. */
  showDelete?: boolean;
  /** Default true. */
  showRename?: boolean;
};

/** A piece of a message as a page writes it: text, or a tag, of which most may be left out. */
export type UserMessageContent =
  | { type: 'input_text'; text: string }
  | {
      type: 'input_tag';
      id: string;
      text: string;
      data?: Record<string, unknown>;
      group?: string;
      interactive?: boolean;
    };

/** A suggestion in the new-thread view; choosing it sends it. */
export type StartScreenPrompt = {
  label: string;
  prompt: string | UserMessageContent[];
  icon?: ChatKitIcon;
};

export type StartScreenOption = { greeting?: string; prompts?: StartScreenPrompt[] };

export type ThreadOption = {
  /** Follow the answer while it grows. Default false: the sent message stays at the top. */
  autoScroll?: boolean;
};

export type ThreadItemActionsOption = {
  /** Thumbs up and down. Default false. */
  feedback?: boolean;
  /** Answer again. Default false. */
  retry?: boolean;
};

export type DisclaimerOption = {
  /** Markdown, below the composer. */
  text: string;
  highContrast?: boolean;
};

// --- composer ----------------------------------------------------------------------------------

/** Something the person may ask the assistant to use for a message. */
export type ToolOption = {
  id: string;
  label: string;
  icon: ChatKitIcon;
  /** On the chip of the chosen tool. Default: `label`. */
  shortLabel?: string;
  placeholderOverride?: string;
  /** A button of its own instead of a menu entry. */
  pinned?: boolean;
  /** Stays chosen after sending. */
  persistent?: boolean;
};

export type ModelOption = {
  id: string;
  label: string;
  description?: string;
  disabled?: boolean;
  default?: boolean;
};

export type AttachmentsOption = {
  enabled: boolean;
  /** Bytes, for all types or by MIME pattern. Default 100 MiB. */
  maxSize?: number | Record<string, number>;
  /** Per message. Default 10. */
  maxCount?: number;
  /** MIME pattern → file name extensions. Default: everything. */
  accept?: Record<string, string[]>;
};

export type ComposerOption = {
  placeholder?: string;
  attachments?: AttachmentsOption;
  tools?: ToolOption[];
  models?: ModelOption[];
  dictation?: { enabled: boolean };
};

/** An entry of the `/` menu. */
export type Command = {
  id: string;
  label: string;
  description?: string;
  icon?: ChatKitIcon;
  group?: string;
};

/** What a command leads to; nothing at all means it only had an effect. */
export type CommandSelection = { type: 'entity'; entity: Entity } | { type: 'menu'; commands: Command[] };

export type CommandsOption = {
  enabled: boolean;
  onSearch?: (query: string) => Promise<Command[]>;
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- functions that only have an effect return this
  onSelect?: (command: Command) => Promise<void | CommandSelection>;
};

// --- entities, widgets, tools ------------------------------------------------------------------

/** Something of the app's own that a message can mention. */
export type Entity = {
  id: string;
  title: string;
  icon?: string;
  interactive?: boolean;
  group?: string;
  data?: Record<string, string>;
};

export type EntitiesOption = {
  onTagSearch?: (query: string) => Promise<Entity[]>;
  showComposerMenu?: boolean;
  onClick?: (entity: Entity) => void;
  onRequestPreview?: (entity: Entity) => Promise<{ preview: unknown }>;
};

/** What a widget asks for when it is used. */
export type WidgetAction = { type: string; payload?: Record<string, unknown> };

export type WidgetsOption = {
  onAction?: (action: WidgetAction, widgetItem: { id: string; widget: unknown }) => Promise<void>;
};

/** Runs a tool in the page for the server; the result must be JSON. */
export type ClientToolHandler = (call: {
  name: string;
  params: Record<string, unknown>;
}) => Record<string, unknown> | Promise<Record<string, unknown>>;

// --- theme -------------------------------------------------------------------------------------

/** `auto` follows the system. */
export type ColorScheme = 'light' | 'dark' | 'auto';

/** A font file to register with the page. Several may share a family. */
export type FontObject = {
  family: string;
  src: string;
  weight?: string | number;
  style?: 'normal' | 'italic' | 'oblique';
  display?: 'auto' | 'block' | 'swap' | 'fallback' | 'optional';
  unicodeRange?: string;
};

export type ThemeOption = {
  colorScheme?: ColorScheme;
  radius?: 'pill' | 'round' | 'soft' | 'sharp';
  density?: 'compact' | 'normal' | 'spacious';
  typography?: TypographyOption;
  color?: ColorOption;
};

export type TypographyOption = {
  /** Pixels. */
  baseSize?: 14 | 15 | 16 | 17 | 18;
  fontFamily?: string;
  fontFamilyMono?: string;
  fontSources?: FontObject[];
};

export type ColorOption = {
  accent?: AccentColor;
  grayscale?: GrayscaleOptions;
  surface?: SurfaceColors;
};

/** `level`: how far the accent spreads, from the send button (0) to borders and hover surfaces (3). */
export type AccentColor = { primary: string; level: 0 | 1 | 2 | 3 };

/** `hue` in degrees; `tint` is its strength; a positive `shade` darkens. */
export type GrayscaleOptions = {
  hue: number;
  tint: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
  shade?: -4 | -3 | -2 | -1 | 0 | 1 | 2 | 3 | 4;
};

/** CSS colours of the page of the chat, and of what lies on it. */
export type SurfaceColors = { background: string; foreground: string };

// --- all of it ---------------------------------------------------------------------------------

/** The whole configuration: `setOptions` replaces everything, and a key left out is at its default. */
export type ChatKitOptions = {
  api: CustomApiConfig | HostedApiConfig;
  locale?: SupportedLocale;
  theme?: ColorScheme | ThemeOption;
  /** The accessible name of the chat. Default "Chat". */
  frameTitle?: string;
  /** Opened when the element is first mounted; null is the new-thread view. */
  initialThread?: string | null;
  onClientTool?: ClientToolHandler;
  header?: HeaderOption;
  history?: HistoryOption;
  startScreen?: StartScreenOption;
  thread?: ThreadOption;
  threadItemActions?: ThreadItemActionsOption;
  composer?: ComposerOption;
  commands?: CommandsOption;
  disclaimer?: DisclaimerOption;
  entities?: EntitiesOption;
  widgets?: WidgetsOption;
  /** Words in place of ours, in whatever language is shown. Placeholders such as `{title}` are filled in them too. */
  strings?: Partial<Record<MessageKey, string>>;
  /**
   * `fill` takes the size of the element; `document` grows with the conversation and scrolls with the page; `floating` is
   * a button in the corner that opens a panel. Default `fill`.
   */
  layout?: 'fill' | 'document' | 'floating';
  /**
   * Draws what a block of code in the language `mermaid` describes, once the block is complete, and again when light becomes
   * dark. Without it, and when it fails, the code is shown. What is drawn is copied, without scripts, links and addresses.
   */
  mermaid?: (source: string) => Promise<SVGElement>;
  /** Level of the thread's title among the headings of the page. Default 2. */
  headingLevel?: 1 | 2 | 3 | 4 | 5 | 6;
};
