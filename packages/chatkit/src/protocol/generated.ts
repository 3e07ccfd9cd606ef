/**
 * The wire, as TypeScript sees it. Written by scripts/generate.py from the Python models in chatkit/types and
 * chatkit/widgets: change those, then run `make generate`.
 */

/** Some elements of a list, and where to go on (protocol.md §6). */
export interface Page<T> {
  data: T[];
  has_more: boolean;
  /** Id of the last element of `data`, set only while there is more. */
  after?: string;
}

/** Any operation. */
export type ChatKitReq =
  | ThreadsCreateReq
  | ThreadsAddUserMessageReq
  | ThreadsAddClientToolOutputReq
  | ThreadsAddStructuredInputReq
  | ThreadsRetryAfterItemReq
  | ThreadsCustomActionReq
  | ThreadsAttachReq
  | ThreadsWatchReq
  | ThreadsGetByIdReq
  | ThreadsListReq
  | ItemsListReq
  | ItemsFeedbackReq
  | AttachmentsCreateReq
  | AttachmentsDeleteReq
  | InputTranscribeReq
  | ThreadsUpdateReq
  | ThreadsDeleteReq
  | ThreadsSyncCustomActionReq
  | ThreadsCancelReq;

/** Begin a thread; answered with events. */
export interface ThreadsCreateReq {
  type: 'threads.create';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadCreateParams;
}

/** The first message of a thread. */
export interface ThreadCreateParams {
  input: UserMessageInput;
}

/** A message as the browser sends it: not yet an item, attachments by id. */
export interface UserMessageInput {
  content: UserMessageContent[];
  attachments: string[];
  quoted_text?: string | null;
  inference_options: InferenceOptions;
}

/** One part of a person's message. */
export type UserMessageContent = UserMessageTextContent | UserMessageTagContent;

/** Plain text a person typed. */
export interface UserMessageTextContent {
  type: 'input_text';
  text: string;
}

/** An @-mention of something the app knows. */
export interface UserMessageTagContent {
  type: 'input_tag';
  id: string;
  /** The display name, without the `@`. */
  text: string;
  data: Record<string, unknown>;
  group?: string;
  interactive: boolean;
}

/** What a person picked in the composer for this answer. */
export interface InferenceOptions {
  tool_choice?: ToolChoice;
  model?: string;
}

/** The tool a person picked in the composer. */
export interface ToolChoice {
  id: string;
}

/** Say something in a thread; answered with events. */
export interface ThreadsAddUserMessageReq {
  type: 'threads.add_user_message';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadAddUserMessageParams;
}

/** A message and the thread it goes to. */
export interface ThreadAddUserMessageParams {
  input: UserMessageInput;
  thread_id: string;
}

/** Answer a client tool call; answered with events. */
export interface ThreadsAddClientToolOutputReq {
  type: 'threads.add_client_tool_output';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadAddClientToolOutputParams;
}

/** What the page answers. `result` must be there, and may be null. */
export interface ThreadAddClientToolOutputParams {
  thread_id: string;
  result: unknown;
  /** Which of several calls is answered; without it, the newest (extensions.md §3). */
  call_id?: string | null;
}

/** Answer a structured input; answered with events. */
export interface ThreadsAddStructuredInputReq {
  type: 'threads.add_structured_input';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadAddStructuredInputParams;
}

/** The answers and the item that asked. */
export interface ThreadAddStructuredInputParams {
  thread_id: string;
  item_id: string;
  input: StructuredInputSubmission;
}

/** Answers by question id. */
export interface StructuredInputSubmission {
  status?: 'answered' | 'skipped';
  answers?: Record<string, StructuredInputAnswerSubmission>;
}

/** The answer to one question. */
export interface StructuredInputAnswerSubmission {
  values?: string[];
  skipped?: boolean;
}

/** Answer a message again; answered with events. */
export interface ThreadsRetryAfterItemReq {
  type: 'threads.retry_after_item';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadRetryAfterItemParams;
}

/** The user message to answer again. */
export interface ThreadRetryAfterItemParams {
  thread_id: string;
  item_id: string;
}

/** Carry out an action; answered with events. */
export interface ThreadsCustomActionReq {
  type: 'threads.custom_action';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadCustomActionParams;
}

/** An action and, if a widget item sent it, that item. */
export interface ThreadCustomActionParams {
  thread_id: string;
  item_id?: string | null;
  action: Action;
}

/** An action a person set off. */
export interface Action {
  type: string;
  payload?: unknown;
}

/** Read a turn that runs, or has just ended; answered with its events (extensions.md §2.3). */
export interface ThreadsAttachReq {
  type: 'threads.attach';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadAttachParams;
}

/** Which turn to read, behind which frame; 0 is from the start. */
export interface ThreadAttachParams {
  thread_id: string;
  turn_id: string;
  after_seq?: number;
}

/** Hear what happens to one's threads; answered with `WatchEvent`s. */
export interface ThreadsWatchReq {
  type: 'threads.watch';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  /** An empty object: all threads are watched. */
  params: Record<string, unknown>;
}

/** Read a thread with its first page of items. */
export interface ThreadsGetByIdReq {
  type: 'threads.get_by_id';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadGetByIdParams;
}

/** Which thread to read. */
export interface ThreadGetByIdParams {
  thread_id: string;
}

/** List threads, without their items. */
export interface ThreadsListReq {
  type: 'threads.list';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadListParams;
}

/** Which part of the list. `after` is the id of the last thread already known. */
export interface ThreadListParams {
  limit?: number | null;
  order?: 'asc' | 'desc';
  after?: string | null;
}

/** List items of a thread. */
export interface ItemsListReq {
  type: 'items.list';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ItemsListParams;
}

/** Which part of a thread. `after` is the id of the last item already known. */
export interface ItemsListParams {
  thread_id: string;
  limit?: number | null;
  order?: 'asc' | 'desc';
  after?: string | null;
}

/** Say whether an answer was good. */
export interface ItemsFeedbackReq {
  type: 'items.feedback';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ItemFeedbackParams;
}

/** Thumbs for the items of one turn. */
export interface ItemFeedbackParams {
  thread_id: string;
  item_ids: string[];
  kind: FeedbackKind;
}

/** Thumbs up or down. */
export type FeedbackKind = 'positive' | 'negative';

/** Register an attachment and learn where to upload it. */
export interface AttachmentsCreateReq {
  type: 'attachments.create';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: AttachmentCreateParams;
}

/** A file that is about to be uploaded; `size` in bytes. */
export interface AttachmentCreateParams {
  name: string;
  size: number;
  mime_type: string;
}

/** Take an attachment back before it is sent. */
export interface AttachmentsDeleteReq {
  type: 'attachments.delete';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: AttachmentDeleteParams;
}

/** Which attachment to delete. */
export interface AttachmentDeleteParams {
  attachment_id: string;
}

/** Turn speech into text. */
export interface InputTranscribeReq {
  type: 'input.transcribe';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: InputTranscribeParams;
}

/** A recording in standard base64; `mime_type` as the browser names it. */
export interface InputTranscribeParams {
  audio_base64: string;
  mime_type: string;
}

/** Rename a thread. */
export interface ThreadsUpdateReq {
  type: 'threads.update';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadUpdateParams;
}

/** A thread's new title. */
export interface ThreadUpdateParams {
  thread_id: string;
  title: string;
}

/** Delete a thread with its items. */
export interface ThreadsDeleteReq {
  type: 'threads.delete';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadDeleteParams;
}

/** Which thread to delete. */
export interface ThreadDeleteParams {
  thread_id: string;
}

/** Carry out an action; answered with one `SyncCustomActionResponse`. */
export interface ThreadsSyncCustomActionReq {
  type: 'threads.sync_custom_action';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadCustomActionParams;
}

/** Stop a turn, from wherever; as often as one likes. */
export interface ThreadsCancelReq {
  type: 'threads.cancel';
  metadata?: Record<string, unknown>;
  capabilities?: string[];
  client?: string | null;
  turn_id?: string | null;
  params: ThreadCancelParams;
}

/** Which turn to stop. */
export interface ThreadCancelParams {
  thread_id: string;
  turn_id: string;
}

/** Anything a turn can send (protocol.md §4). */
export type ThreadStreamEvent =
  | ThreadCreatedEvent
  | ThreadUpdatedEvent
  | ThreadItemAddedEvent
  | ThreadItemUpdatedEvent
  | ThreadItemDoneEvent
  | ThreadItemRemovedEvent
  | ThreadItemReplacedEvent
  | StreamOptionsEvent
  | ProgressUpdateEvent
  | ClientEffectEvent
  | ErrorEvent
  | NoticeEvent;

/** A thread begins. */
export interface ThreadCreatedEvent {
  type: 'thread.created';
  thread: Thread;
}

/** A thread as the wire shows it. */
export interface Thread {
  title?: string;
  id: string;
  created_at: string;
  status: ThreadStatus;
  allowed_image_domains?: string[];
  metadata: Record<string, unknown>;
  items: Page<ThreadItem>;
  /** Only in `threads.get_by_id`, for clients that can attach to it. */
  active_turn?: ActiveTurn;
}

/** Whether a person may write. Shown by the client; enforcing it is up to the app. */
export type ThreadStatus = ActiveStatus | LockedStatus | ClosedStatus;

/** The person may write. */
export interface ActiveStatus {
  type: 'active';
}

/** The person may not write for now; the composer stays, disabled. */
export interface LockedStatus {
  type: 'locked';
  reason?: string;
}

/** The conversation is over; a banner takes the composer's place. */
export interface ClosedStatus {
  type: 'closed';
  reason?: string;
}

/** The turn that runs in a thread: where to attach (extensions.md §2.3). */
export interface ActiveTurn {
  turn_id: string;
  /** The newest frame that `items` contain. */
  last_seq: number;
  /** What has appeared and is not done; never in a page. */
  items: ThreadItem[];
}

/** Anything a thread can hold. */
export type ThreadItem =
  | UserMessageItem
  | AssistantMessageItem
  | ClientToolCallItem
  | WidgetItem
  | GeneratedImageItem
  | StructuredInputItem
  | TaskItem
  | WorkflowItem
  | EndOfTurnItem
  | HiddenContextItem
  | SDKHiddenContextItem;

/** What a person said. */
export interface UserMessageItem {
  type: 'user_message';
  id: string;
  thread_id: string;
  created_at: string;
  content: UserMessageContent[];
  attachments: Attachment[];
  quoted_text?: string;
  inference_options: InferenceOptions;
}

/** A file or a picture. */
export type Attachment = FileAttachment | ImageAttachment;

/** Any file that is not shown as a picture. */
export interface FileAttachment {
  type: 'file';
  id: string;
  name: string;
  mime_type: string;
  upload_descriptor?: AttachmentUploadDescriptor;
  thread_id?: string;
}

/** Where and how the browser uploads the bytes (protocol.md §14.2). */
export interface AttachmentUploadDescriptor {
  url: string;
  method: 'POST' | 'PUT';
  headers: Record<string, string>;
}

/** A picture. */
export interface ImageAttachment {
  type: 'image';
  id: string;
  name: string;
  mime_type: string;
  upload_descriptor?: AttachmentUploadDescriptor;
  thread_id?: string;
  preview_url: string;
}

/** What the assistant said. */
export interface AssistantMessageItem {
  type: 'assistant_message';
  id: string;
  thread_id: string;
  created_at: string;
  content: AssistantMessageContent[];
}

/** Markdown written by the assistant. */
export interface AssistantMessageContent {
  type: 'output_text';
  text: string;
  annotations: Annotation[];
}

/** A source cited at a place in the text. */
export interface Annotation {
  type: 'annotation';
  source: Source;
  /** Offset in characters of the marker. Without one the source is only listed. */
  index?: number;
}

/** Anything an annotation can point at. */
export type Source = URLSource | FileSource | EntitySource;

/** A web page. */
export interface URLSource {
  type: 'url';
  title: string;
  description?: string;
  timestamp?: string;
  group?: string;
  url: string;
  attribution?: string;
}

/** A file. */
export interface FileSource {
  type: 'file';
  title: string;
  description?: string;
  timestamp?: string;
  group?: string;
  filename: string;
}

/** Something the app knows by an id, the same thing an @-mention names. */
export interface EntitySource {
  type: 'entity';
  title: string;
  description?: string;
  timestamp?: string;
  group?: string;
  id: string;
  icon?: IconName;
  /** Heading of the default hover card. */
  label?: string;
  /** Shown in the text instead of the icon. */
  inline_label?: string;
  interactive: boolean;
  data: Record<string, unknown>;
  /** @deprecated */
  preview?: 'lazy';
}

export type IconName = BuiltInIconName | `vendor:${string}` | `lucide:${string}`;

/** The icons every client draws (element.md §9). */
export type BuiltInIconName =
  | 'agent'
  | 'analytics'
  | 'atom'
  | 'batch'
  | 'bolt'
  | 'book-open'
  | 'book-closed'
  | 'book-clock'
  | 'bug'
  | 'calendar'
  | 'chart'
  | 'check'
  | 'check-circle'
  | 'check-circle-filled'
  | 'chevron-left'
  | 'chevron-right'
  | 'circle-question'
  | 'clock'
  | 'compass'
  | 'confetti'
  | 'cube'
  | 'desktop'
  | 'document'
  | 'dot'
  | 'dots-horizontal'
  | 'dots-vertical'
  | 'empty-circle'
  | 'external-link'
  | 'globe'
  | 'keys'
  | 'lab'
  | 'images'
  | 'info'
  | 'lifesaver'
  | 'lightbulb'
  | 'mail'
  | 'map-pin'
  | 'maps'
  | 'mobile'
  | 'name'
  | 'notebook'
  | 'notebook-pencil'
  | 'page-blank'
  | 'phone'
  | 'play'
  | 'plus'
  | 'profile'
  | 'profile-card'
  | 'reload'
  | 'star'
  | 'star-filled'
  | 'search'
  | 'sparkle'
  | 'sparkle-double'
  | 'square-code'
  | 'square-image'
  | 'square-text'
  | 'suitcase'
  | 'settings-slider'
  | 'user'
  | 'wreath'
  | 'write'
  | 'write-alt'
  | 'write-alt2';

/** A question to the page, which answers by `threads.add_client_tool_output`. */
export interface ClientToolCallItem {
  type: 'client_tool_call';
  id: string;
  thread_id: string;
  created_at: string;
  status: 'pending' | 'completed';
  call_id: string;
  name: string;
  arguments: Record<string, unknown>;
  output?: unknown;
}

/** A widget in the conversation. */
export interface WidgetItem {
  type: 'widget';
  id: string;
  thread_id: string;
  created_at: string;
  widget: WidgetRoot;
  /** What the copy button of the turn copies for this widget. */
  copy_text?: string;
}

/** Any root: typed where a class knows all its props, else dynamic, so that nothing gets lost. */
export type WidgetRoot = StrictWidgetRoot | DynamicWidgetRoot;

/** A root that has a class. */
export type StrictWidgetRoot = Card | ListView | BasicRoot;

/** A framed widget, with a footer when it has `confirm` or `cancel`. */
export interface Card {
  type: 'Card';
  key?: string;
  id?: string;
  asForm?: boolean;
  children: WidgetComponent[];
  background?: string | ThemeColor;
  size?: 'sm' | 'md' | 'lg' | 'full';
  padding?: number | string | Spacing;
  status?: WidgetStatus;
  collapsed?: boolean;
  confirm?: CardAction;
  cancel?: CardAction;
  theme?: 'light' | 'dark';
}

/** Any component: typed where a class knows all its props, else dynamic, so that nothing gets lost. */
export type WidgetComponent = StrictWidgetComponent | DynamicWidgetComponent;

/** A component that has a class. */
export type StrictWidgetComponent =
  | Text
  | Title
  | Caption
  | Chart
  | Badge
  | Markdown
  | Box
  | Row
  | Col
  | Divider
  | Icon
  | Image
  | ListViewItem
  | Button
  | Checkbox
  | Spacer
  | Select
  | DatePicker
  | Form
  | Input
  | Label
  | RadioGroup
  | Textarea
  | Transition;

/** Plain text; grows while `streaming`, and can be edited in place. */
export interface Text {
  type: 'Text';
  key?: string;
  id?: string;
  value: string;
  streaming?: boolean;
  italic?: boolean;
  lineThrough?: boolean;
  color?: string | ThemeColor;
  weight?: 'normal' | 'medium' | 'semibold' | 'bold';
  width?: number | string;
  size?: 'xs' | 'sm' | 'md' | 'lg' | 'xl';
  textAlign?: 'start' | 'center' | 'end';
  truncate?: boolean;
  minLines?: number;
  maxLines?: number;
  editable?: false | EditableProps;
}

/** A colour for each theme. */
export interface ThemeColor {
  light: string;
  dark: string;
}

/** Makes a Text editable in place; `name` is its name in the form. */
export interface EditableProps {
  name: string;
  autoComplete?: string;
  autoFocus?: boolean;
  autoSelect?: boolean;
  allowAutofillExtensions?: boolean;
  pattern?: string;
  placeholder?: string;
  required?: boolean;
}

/** A heading. */
export interface Title {
  type: 'Title';
  key?: string;
  id?: string;
  value: string;
  color?: string | ThemeColor;
  weight?: 'normal' | 'medium' | 'semibold' | 'bold';
  size?: TitleSize;
  textAlign?: 'start' | 'center' | 'end';
  truncate?: boolean;
  maxLines?: number;
}

export type TitleSize = 'sm' | 'md' | 'lg' | 'xl' | '2xl' | '3xl' | '4xl' | '5xl';

/** Small print. */
export interface Caption {
  type: 'Caption';
  key?: string;
  id?: string;
  value: string;
  color?: string | ThemeColor;
  weight?: 'normal' | 'medium' | 'semibold' | 'bold';
  size?: 'sm' | 'md' | 'lg';
  textAlign?: 'start' | 'center' | 'end';
  truncate?: boolean;
  maxLines?: number;
}

/** Rows of numbers as bars, areas and lines. */
export interface Chart {
  type: 'Chart';
  key?: string;
  id?: string;
  data: Record<string, string | number>[];
  series: Series[];
  xAxis: string | XAxisConfig;
  showYAxis?: boolean;
  showLegend?: boolean;
  showTooltip?: boolean;
  barGap?: number;
  barCategoryGap?: number;
  flex?: number | string;
  height?: number | string;
  width?: number | string;
  size?: number | string;
  minHeight?: number | string;
  minWidth?: number | string;
  minSize?: number | string;
  maxHeight?: number | string;
  maxWidth?: number | string;
  maxSize?: number | string;
  aspectRatio?: number | string;
}

/** One series of a chart; kinds can be mixed. */
export type Series = BarSeries | AreaSeries | LineSeries;

/** Bars; series with the same `stack` stand on each other. */
export interface BarSeries {
  type: 'bar';
  dataKey: string;
  label?: string;
  color?: string | ThemeColor;
  stack?: string;
}

/** Filled areas; series with the same `stack` stand on each other. */
export interface AreaSeries {
  type: 'area';
  dataKey: string;
  label?: string;
  color?: string | ThemeColor;
  stack?: string;
  curveType?: CurveType;
}

export type CurveType =
  | 'basis'
  | 'basisClosed'
  | 'basisOpen'
  | 'bumpX'
  | 'bumpY'
  | 'bump'
  | 'linear'
  | 'linearClosed'
  | 'natural'
  | 'monotoneX'
  | 'monotoneY'
  | 'monotone'
  | 'step'
  | 'stepBefore'
  | 'stepAfter';

/** A line. */
export interface LineSeries {
  type: 'line';
  dataKey: string;
  label?: string;
  color?: string | ThemeColor;
  curveType?: CurveType;
}

/** The horizontal axis; `labels` maps values to what is shown for them. */
export interface XAxisConfig {
  dataKey: string;
  hide?: boolean;
  labels?: Record<string, string>;
}

/** A small label. */
export interface Badge {
  type: 'Badge';
  key?: string;
  id?: string;
  label: string;
  color?: 'secondary' | 'success' | 'danger' | 'warning' | 'info' | 'discovery';
  variant?: 'solid' | 'soft' | 'outline';
  size?: 'sm' | 'md' | 'lg';
  pill?: boolean;
}

/** Markdown, drawn as in an assistant's message. */
export interface Markdown {
  type: 'Markdown';
  key?: string;
  id?: string;
  value: string;
  streaming?: boolean;
}

/** A container in either direction. */
export interface Box {
  type: 'Box';
  key?: string;
  id?: string;
  children?: WidgetComponent[];
  align?: Alignment;
  justify?: Justification;
  wrap?: 'nowrap' | 'wrap' | 'wrap-reverse';
  flex?: number | string;
  gap?: number | string;
  height?: number | string;
  width?: number | string;
  size?: number | string;
  minHeight?: number | string;
  minWidth?: number | string;
  minSize?: number | string;
  maxHeight?: number | string;
  maxWidth?: number | string;
  maxSize?: number | string;
  padding?: number | string | Spacing;
  margin?: number | string | Spacing;
  border?: number | Border | Borders;
  radius?: RadiusValue;
  background?: string | ThemeColor;
  aspectRatio?: number | string;
  direction?: 'row' | 'col';
}

export type Alignment = 'start' | 'center' | 'end' | 'baseline' | 'stretch';

export type Justification = 'start' | 'center' | 'end' | 'between' | 'around' | 'evenly' | 'stretch';

/** Space on each side; a side wins over `x` and `y`. */
export interface Spacing {
  top?: number | string;
  right?: number | string;
  bottom?: number | string;
  left?: number | string;
  x?: number | string;
  y?: number | string;
}

/** One border; `size` in pixels. */
export interface Border {
  size: number;
  color?: string | ThemeColor;
  style?: BorderStyle;
}

export type BorderStyle =
  | 'solid'
  | 'dashed'
  | 'dotted'
  | 'double'
  | 'groove'
  | 'ridge'
  | 'inset'
  | 'outset';

/** A border on each side, in pixels or in full. */
export interface Borders {
  top?: number | Border;
  right?: number | Border;
  bottom?: number | Border;
  left?: number | Border;
  x?: number | Border;
  y?: number | Border;
}

export type RadiusValue =
  | '2xs'
  | 'xs'
  | 'sm'
  | 'md'
  | 'lg'
  | 'xl'
  | '2xl'
  | '3xl'
  | '4xl'
  | 'full'
  | '100%'
  | 'none';

/** A horizontal container. */
export interface Row {
  type: 'Row';
  key?: string;
  id?: string;
  children?: WidgetComponent[];
  align?: Alignment;
  justify?: Justification;
  wrap?: 'nowrap' | 'wrap' | 'wrap-reverse';
  flex?: number | string;
  gap?: number | string;
  height?: number | string;
  width?: number | string;
  size?: number | string;
  minHeight?: number | string;
  minWidth?: number | string;
  minSize?: number | string;
  maxHeight?: number | string;
  maxWidth?: number | string;
  maxSize?: number | string;
  padding?: number | string | Spacing;
  margin?: number | string | Spacing;
  border?: number | Border | Borders;
  radius?: RadiusValue;
  background?: string | ThemeColor;
  aspectRatio?: number | string;
}

/** A vertical container. */
export interface Col {
  type: 'Col';
  key?: string;
  id?: string;
  children?: WidgetComponent[];
  align?: Alignment;
  justify?: Justification;
  wrap?: 'nowrap' | 'wrap' | 'wrap-reverse';
  flex?: number | string;
  gap?: number | string;
  height?: number | string;
  width?: number | string;
  size?: number | string;
  minHeight?: number | string;
  minWidth?: number | string;
  minSize?: number | string;
  maxHeight?: number | string;
  maxWidth?: number | string;
  maxSize?: number | string;
  padding?: number | string | Spacing;
  margin?: number | string | Spacing;
  border?: number | Border | Borders;
  radius?: RadiusValue;
  background?: string | ThemeColor;
  aspectRatio?: number | string;
}

/** A line across its container. */
export interface Divider {
  type: 'Divider';
  key?: string;
  id?: string;
  color?: string | ThemeColor;
  size?: number | string;
  spacing?: number | string;
  flush?: boolean;
}

/** One icon. */
export interface Icon {
  type: 'Icon';
  key?: string;
  id?: string;
  name: IconName;
  color?: string | ThemeColor;
  size?: IconSize;
}

export type IconSize = 'xs' | 'sm' | 'md' | 'lg' | 'xl' | '2xl' | '3xl';

/** A picture; where it may come from is up to the thread's `allowed_image_domains`. */
export interface Image {
  type: 'Image';
  key?: string;
  id?: string;
  src: string;
  alt?: string;
  fit?: 'cover' | 'contain' | 'fill' | 'scale-down' | 'none';
  position?:
    | 'top left'
    | 'top'
    | 'top right'
    | 'left'
    | 'center'
    | 'right'
    | 'bottom left'
    | 'bottom'
    | 'bottom right';
  radius?: RadiusValue;
  frame?: boolean;
  flush?: boolean;
  height?: number | string;
  width?: number | string;
  size?: number | string;
  minHeight?: number | string;
  minWidth?: number | string;
  minSize?: number | string;
  maxHeight?: number | string;
  maxWidth?: number | string;
  maxSize?: number | string;
  margin?: number | string | Spacing;
  background?: string | ThemeColor;
  aspectRatio?: number | string;
  flex?: number | string;
}

/** One row of a ListView. */
export interface ListViewItem {
  type: 'ListViewItem';
  key?: string;
  id?: string;
  children: WidgetComponent[];
  onClickAction?: ActionConfig;
  gap?: number | string;
  align?: Alignment;
}

/** An action bound to a control of a widget. */
export interface ActionConfig {
  type: string;
  payload?: unknown;
  handler: 'client' | 'server';
  loadingBehavior: 'auto' | 'none' | 'self' | 'container';
  streaming: boolean;
}

/** Runs an action, or submits the form around it. */
export interface Button {
  type: 'Button';
  key?: string;
  id?: string;
  submit?: boolean;
  label?: string;
  onClickAction?: ActionConfig;
  iconStart?: IconName;
  iconEnd?: IconName;
  style?: 'primary' | 'secondary';
  iconSize?: 'sm' | 'md' | 'lg' | 'xl' | '2xl';
  color?: 'primary' | 'secondary' | 'info' | 'discovery' | 'success' | 'caution' | 'warning' | 'danger';
  variant?: ControlVariant;
  size?: ControlSize;
  pill?: boolean;
  uniform?: boolean;
  block?: boolean;
  disabled?: boolean;
}

export type ControlVariant = 'solid' | 'soft' | 'outline' | 'ghost';

export type ControlSize = '3xs' | '2xs' | 'xs' | 'sm' | 'md' | 'lg' | 'xl' | '2xl' | '3xl';

/** On or off. */
export interface Checkbox {
  type: 'Checkbox';
  key?: string;
  id?: string;
  name: string;
  label?: string;
  defaultChecked?: boolean;
  onChangeAction?: ActionConfig;
  disabled?: boolean;
  required?: boolean;
}

/** Takes the free room along its container. */
export interface Spacer {
  type: 'Spacer';
  key?: string;
  id?: string;
  minSize?: number | string;
}

/** A menu of options. */
export interface Select {
  type: 'Select';
  key?: string;
  id?: string;
  name: string;
  options: SelectOption[];
  onChangeAction?: ActionConfig;
  placeholder?: string;
  defaultValue?: string;
  variant?: ControlVariant;
  size?: ControlSize;
  pill?: boolean;
  block?: boolean;
  clearable?: boolean;
  disabled?: boolean;
  searchable?: boolean;
}

/** One entry of a Select. */
export interface SelectOption {
  label: string;
  value: string;
  disabled?: boolean;
  description?: string;
}

/** A date, chosen in a calendar. */
export interface DatePicker {
  type: 'DatePicker';
  key?: string;
  id?: string;
  name: string;
  onChangeAction?: ActionConfig;
  placeholder?: string;
  defaultValue?: string;
  min?: string;
  max?: string;
  variant?: ControlVariant;
  size?: ControlSize;
  side?: 'top' | 'bottom' | 'left' | 'right';
  align?: 'start' | 'center' | 'end';
  pill?: boolean;
  block?: boolean;
  clearable?: boolean;
  disabled?: boolean;
}

/** A container whose fields travel with every action set off inside it. */
export interface Form {
  type: 'Form';
  key?: string;
  id?: string;
  children?: WidgetComponent[];
  align?: Alignment;
  justify?: Justification;
  wrap?: 'nowrap' | 'wrap' | 'wrap-reverse';
  flex?: number | string;
  gap?: number | string;
  height?: number | string;
  width?: number | string;
  size?: number | string;
  minHeight?: number | string;
  minWidth?: number | string;
  minSize?: number | string;
  maxHeight?: number | string;
  maxWidth?: number | string;
  maxSize?: number | string;
  padding?: number | string | Spacing;
  margin?: number | string | Spacing;
  border?: number | Border | Borders;
  radius?: RadiusValue;
  background?: string | ThemeColor;
  aspectRatio?: number | string;
  onSubmitAction?: ActionConfig;
  direction?: 'row' | 'col';
}

/** A field of one line. */
export interface Input {
  type: 'Input';
  key?: string;
  id?: string;
  name: string;
  inputType?: 'number' | 'email' | 'text' | 'password' | 'tel' | 'url';
  defaultValue?: string;
  required?: boolean;
  pattern?: string;
  placeholder?: string;
  allowAutofillExtensions?: boolean;
  autoSelect?: boolean;
  autoFocus?: boolean;
  disabled?: boolean;
  variant?: 'soft' | 'outline';
  size?: ControlSize;
  gutterSize?: '2xs' | 'xs' | 'sm' | 'md' | 'lg' | 'xl';
  pill?: boolean;
}

/** The label of the form control with the name `fieldName`. */
export interface Label {
  type: 'Label';
  key?: string;
  id?: string;
  value: string;
  fieldName: string;
  size?: 'xs' | 'sm' | 'md' | 'lg' | 'xl';
  weight?: 'normal' | 'medium' | 'semibold' | 'bold';
  textAlign?: 'start' | 'center' | 'end';
  color?: string | ThemeColor;
}

/** One of a few options, all in sight. */
export interface RadioGroup {
  type: 'RadioGroup';
  key?: string;
  id?: string;
  name: string;
  options?: RadioOption[];
  ariaLabel?: string;
  onChangeAction?: ActionConfig;
  defaultValue?: string;
  direction?: 'row' | 'col';
  disabled?: boolean;
  required?: boolean;
}

/** One entry of a RadioGroup. */
export interface RadioOption {
  label: string;
  value: string;
  disabled?: boolean;
}

/** A field of several lines. */
export interface Textarea {
  type: 'Textarea';
  key?: string;
  id?: string;
  name: string;
  defaultValue?: string;
  required?: boolean;
  pattern?: string;
  placeholder?: string;
  autoSelect?: boolean;
  autoFocus?: boolean;
  disabled?: boolean;
  variant?: 'soft' | 'outline';
  size?: ControlSize;
  gutterSize?: '2xs' | 'xs' | 'sm' | 'md' | 'lg' | 'xl';
  rows?: number;
  autoResize?: boolean;
  maxRows?: number;
  allowAutofillExtensions?: boolean;
}

/** Animates the change of its one child. */
export interface Transition {
  type: 'Transition';
  key?: string;
  id?: string;
  children?: WidgetComponent;
}

/** A component that keeps whatever props it is given. */
export interface DynamicWidgetComponent {
  type: string;
  key?: string;
  id?: string;
  children?: DynamicWidgetComponent | DynamicWidgetComponent[];
  [prop: string]: unknown;
}

/** The line above a widget. */
export type WidgetStatus = WidgetStatusWithFavicon | WidgetStatusWithIcon;

/** The line above a widget, with the favicon of a site. */
export interface WidgetStatusWithFavicon {
  text: string;
  favicon?: string;
  frame?: boolean;
}

/** The line above a widget, with an icon. */
export interface WidgetStatusWithIcon {
  text: string;
  icon?: IconName;
}

/** A button in the footer of a Card. */
export interface CardAction {
  label: string;
  action: ActionConfig;
}

/** Rows, of which the first `limit` are shown at once. */
export interface ListView {
  type: 'ListView';
  key?: string;
  id?: string;
  children: ListViewItem[];
  limit?: number | 'auto';
  status?: WidgetStatus;
  theme?: 'light' | 'dark';
}

/** A root without a frame of its own. */
export interface BasicRoot {
  type: 'Basic';
  key?: string;
  id?: string;
  children?: DynamicWidgetComponent | DynamicWidgetComponent[];
  [prop: string]: unknown;
}

/** A root that keeps whatever props it is given: what `WidgetTemplate.build` makes. */
export interface DynamicWidgetRoot {
  type: 'Card' | 'ListView' | 'Basic';
  key?: string;
  id?: string;
  children?: DynamicWidgetComponent | DynamicWidgetComponent[];
  [prop: string]: unknown;
}

/** A picture made by a model; there is none until the first partial one arrives. */
export interface GeneratedImageItem {
  type: 'generated_image';
  id: string;
  thread_id: string;
  created_at: string;
  image?: GeneratedImage;
}

/** A picture made by a model; `url` may be a `data:` URL. */
export interface GeneratedImage {
  id: string;
  url: string;
}

/** Questions to the person. */
export interface StructuredInputItem {
  type: 'structured_input';
  id: string;
  thread_id: string;
  created_at: string;
  status: 'pending' | 'answered' | 'skipped';
  inputs: StructuredInput[];
}

/** One question. */
export type StructuredInput = StructuredInputMultipleChoice | StructuredInputFreeform;

/** A question with answers to choose; a person may always give one of their own. */
export interface StructuredInputMultipleChoice {
  type: 'multiple_choice';
  id: string;
  question: string;
  answer?: StructuredInputAnswer;
  options: StructuredInputMultipleChoiceOption[];
  multiple: boolean;
}

/** What a person answered. */
export interface StructuredInputAnswer {
  values: string[];
  skipped: boolean;
}

/** One answer to choose. */
export interface StructuredInputMultipleChoiceOption {
  value: string;
}

/** A question with a text field. */
export interface StructuredInputFreeform {
  type: 'freeform';
  id: string;
  question: string;
  answer?: StructuredInputAnswer;
  description?: string;
}

/** A single task outside a workflow. */
export interface TaskItem {
  type: 'task';
  id: string;
  thread_id: string;
  created_at: string;
  task: Task;
}

/** One step of work. */
export type Task = CustomTask | SearchTask | ThoughtTask | FileTask | ImageTask;

/** A task in the app's own words. */
export interface CustomTask {
  type: 'custom';
  status_indicator: 'none' | 'loading' | 'complete';
  title?: string;
  icon?: IconName;
  content?: string;
}

/** A search of the web. */
export interface SearchTask {
  type: 'web_search';
  status_indicator: 'none' | 'loading' | 'complete';
  title?: string;
  title_query?: string;
  queries: string[];
  sources: URLSource[];
}

/** A step of reasoning, as Markdown. */
export interface ThoughtTask {
  type: 'thought';
  status_indicator: 'none' | 'loading' | 'complete';
  title?: string;
  content: string;
}

/** Files that were read. */
export interface FileTask {
  type: 'file';
  status_indicator: 'none' | 'loading' | 'complete';
  title?: string;
  sources: FileSource[];
}

/** Work on a picture. */
export interface ImageTask {
  type: 'image';
  status_indicator: 'none' | 'loading' | 'complete';
  title?: string;
}

/** Tasks that belong together. */
export interface WorkflowItem {
  type: 'workflow';
  id: string;
  thread_id: string;
  created_at: string;
  workflow: Workflow;
}

/** Tasks that belong together. */
export interface Workflow {
  type: 'custom' | 'reasoning';
  tasks: Task[];
  summary?: WorkflowSummary;
  expanded: boolean;
}

/** What is left of a workflow when it is folded; told apart by the keys. */
export type WorkflowSummary = CustomSummary | DurationSummary;

/** A finished workflow in the app's own words. */
export interface CustomSummary {
  title: string;
  icon?: IconName;
}

/** A finished workflow by how long it took. */
export interface DurationSummary {
  /** Whole seconds. */
  duration: number;
}

/** Marks the end of an assistant's turn; never drawn. */
export interface EndOfTurnItem {
  type: 'end_of_turn';
  id: string;
  thread_id: string;
  created_at: string;
}

/** Something the app tells the model; never sent to a client. */
export interface HiddenContextItem {
  type: 'hidden_context_item';
  id: string;
  thread_id: string;
  created_at: string;
  content: unknown;
}

/** Something ChatKit itself tells the model; never sent to a client. */
export interface SDKHiddenContextItem {
  type: 'sdk_hidden_context';
  id: string;
  thread_id: string;
  created_at: string;
  content: string;
}

/** Title, status or picture domains changed. The items page is empty and says nothing. */
export interface ThreadUpdatedEvent {
  type: 'thread.updated';
  thread: Thread;
}

/** An item appears and will grow; it is not stored yet. */
export interface ThreadItemAddedEvent {
  type: 'thread.item.added';
  item: ThreadItem;
}

/** A growing item changes. */
export interface ThreadItemUpdatedEvent {
  type: 'thread.item.updated';
  item_id: string;
  update: ThreadItemUpdate;
}

/** A change to one item (protocol.md §4.1). */
export type ThreadItemUpdate =
  | AssistantMessageContentPartAdded
  | AssistantMessageContentPartTextDelta
  | AssistantMessageContentPartAnnotationAdded
  | AssistantMessageContentPartDone
  | WidgetStreamingTextValueDelta
  | WidgetComponentUpdated
  | WidgetRootUpdated
  | WorkflowTaskAdded
  | WorkflowTaskUpdated
  | GeneratedImageUpdated;

/** A part of the message begins. */
export interface AssistantMessageContentPartAdded {
  type: 'assistant_message.content_part.added';
  content_index: number;
  content: AssistantMessageContent;
}

/** Text to append to a part. */
export interface AssistantMessageContentPartTextDelta {
  type: 'assistant_message.content_part.text_delta';
  content_index: number;
  delta: string;
}

/** A source to insert into a part's annotations. */
export interface AssistantMessageContentPartAnnotationAdded {
  type: 'assistant_message.content_part.annotation_added';
  content_index: number;
  annotation_index: number;
  annotation: Annotation;
}

/** A part in its final text. */
export interface AssistantMessageContentPartDone {
  type: 'assistant_message.content_part.done';
  content_index: number;
  content: AssistantMessageContent;
}

/** Text to append to the `value` of the Text or Markdown with this id. */
export interface WidgetStreamingTextValueDelta {
  type: 'widget.streaming_text.value_delta';
  component_id: string;
  delta: string;
  done: boolean;
}

/** The component with this id anew. */
export interface WidgetComponentUpdated {
  type: 'widget.component.updated';
  component_id: string;
  component: WidgetComponent;
}

/** The whole widget anew. */
export interface WidgetRootUpdated {
  type: 'widget.root.updated';
  widget: WidgetRoot;
}

/** A task to insert at an index. */
export interface WorkflowTaskAdded {
  type: 'workflow.task.added';
  task_index: number;
  task: Task;
}

/** A task to replace. */
export interface WorkflowTaskUpdated {
  type: 'workflow.task.updated';
  task_index: number;
  task: Task;
}

/** A more finished picture; `progress` runs from 0 to 1. */
export interface GeneratedImageUpdated {
  type: 'generated_image.updated';
  image: GeneratedImage;
  progress?: number;
}

/** An item in its final state; it is stored. */
export interface ThreadItemDoneEvent {
  type: 'thread.item.done';
  item: ThreadItem;
}

/** An item is gone. */
export interface ThreadItemRemovedEvent {
  type: 'thread.item.removed';
  item_id: string;
}

/** Another item takes the place of the one with the same id. */
export interface ThreadItemReplacedEvent {
  type: 'thread.item.replaced';
  item: ThreadItem;
}

/** Sent once, before the answer begins. */
export interface StreamOptionsEvent {
  type: 'stream_options';
  stream_options: StreamOptions;
}

/** What a reader may do while the turn runs. */
export interface StreamOptions {
  allow_cancel: boolean;
  /** Names the turn, for `threads.attach` and `threads.cancel`; only for clients that announced `resume`. */
  turn_id?: string;
  /** The turn goes on when its reader leaves. */
  resumable?: boolean;
}

/** A line that says what is going on; never stored. */
export interface ProgressUpdateEvent {
  type: 'progress_update';
  icon?: IconName;
  text: string;
}

/** Something for the page to do; never drawn, never answered. */
export interface ClientEffectEvent {
  type: 'client_effect';
  name: string;
  data: Record<string, unknown>;
}

/** The turn failed. `message` is shown as it is; without one the client has its own words for the code. */
export interface ErrorEvent {
  type: 'error';
  code: ErrorCode | 'custom';
  message?: string;
  allow_retry: boolean;
}

/** Codes of `error` events. Open for additions: a client treats an unknown one like `STREAM_ERROR`. */
export type ErrorCode = 'stream.error' | 'turn_interrupted';

/** A banner above the composer; `message` is Markdown. */
export interface NoticeEvent {
  type: 'notice';
  level: 'info' | 'warning' | 'danger';
  message: string;
  title?: string;
}

/** Operations that are answered with one JSON object. */
export type NonStreamingReq =
  | ThreadsGetByIdReq
  | ThreadsListReq
  | ItemsListReq
  | ItemsFeedbackReq
  | AttachmentsCreateReq
  | AttachmentsDeleteReq
  | InputTranscribeReq
  | ThreadsUpdateReq
  | ThreadsDeleteReq
  | ThreadsSyncCustomActionReq
  | ThreadsCancelReq;

/** Operations that start a turn. */
export type StartingReq =
  | ThreadsCreateReq
  | ThreadsAddUserMessageReq
  | ThreadsAddClientToolOutputReq
  | ThreadsAddStructuredInputReq
  | ThreadsRetryAfterItemReq
  | ThreadsCustomActionReq;

/** Operations that are answered with events. */
export type StreamingReq =
  | ThreadsCreateReq
  | ThreadsAddUserMessageReq
  | ThreadsAddClientToolOutputReq
  | ThreadsAddStructuredInputReq
  | ThreadsRetryAfterItemReq
  | ThreadsCustomActionReq
  | ThreadsAttachReq
  | ThreadsWatchReq;

/** The reply to `threads.sync_custom_action`; the client replaces the item with the same id. */
export interface SyncCustomActionResponse {
  updated_item?: ThreadItem;
}

/** A thread is gone. */
export interface ThreadDeletedEvent {
  type: 'thread.deleted';
  thread_id: string;
}

/** What was said. */
export interface TranscriptionResult {
  text: string;
}

/** A turn is over. */
export interface TurnEndedEvent {
  type: 'turn.ended';
  thread_id: string;
  turn_id: string;
}

/** A turn runs; one that can be attached to. */
export interface TurnStartedEvent {
  type: 'turn.started';
  thread_id: string;
  turn_id: string;
}

/** Anything that `threads.watch` sends. */
export type WatchEvent = TurnStartedEvent | TurnEndedEvent | ThreadUpdatedEvent | ThreadDeletedEvent;

/** What each operation answers, for those that answer with one JSON object. */
export interface ReplyByOperation {
  'threads.get_by_id': Thread;
  'threads.list': Page<Thread>;
  'threads.update': Thread;
  'threads.delete': Record<string, never>;
  'threads.cancel': Record<string, never>;
  'threads.sync_custom_action': SyncCustomActionResponse;
  'items.list': Page<ThreadItem>;
  'items.feedback': Record<string, never>;
  'attachments.create': Attachment;
  'attachments.delete': Record<string, never>;
  'input.transcribe': TranscriptionResult;
}
