// What the panel offers to try: one entry for each option, in groups. `path` is where it goes in what setOptions() takes.
// kind: choice (values), range (least, most), text, colour, switch. `standard` is what the element does without it; one
// that `needs` another does nothing alone. A switch may stand for something else than true and false: `on`, `off`.

/** Every language that has a translation, by the names that their speakers use; the browser knows most of them. */
const LOCALES =
  `am ar bg-BG bn-BD bs-BA ca-ES cs-CZ da-DK de-DE el-GR en es-419 es-ES et-EE fi-FI fr-CA fr-FR gu-IN hi-IN hr-HR
  hu-HU hy-AM id-ID is-IS it-IT ja-JP ka-GE kk kn-IN ko-KR lt lv-LV mk-MK ml mn mr-IN ms-MY my-MM nb-NO nl-NL pa pl-PL pt-BR
  pt-PT ro-RO ru-RU sk-SK sl-SI so-SO sq-AL sr-RS sv-SE sw-TZ ta-IN te-IN th-TH tl tr-TR uk-UA ur vi-VN zh-CN zh-HK
  zh-TW`.split(/\s+/);

const nameOf = (locale) => new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale;

const SERIF = 'Georgia, "Noto Serif", serif';
const TYPED = '"Courier New", Courier, "Liberation Mono", monospace';
const ROUNDED = 'ui-rounded, "SF Pro Rounded", Nunito, system-ui, sans-serif';

const HOME = { icon: 'home', onClick: () => void document.getElementById('chat').setThreadId(null) };

// prettier-ignore
export const groups = [
  {
    title: 'Look',
    settings: [
      { path: 'theme.colorScheme', label: 'Colours', kind: 'choice', values: ['auto', 'light', 'dark'], standard: 'auto' },
      { path: 'theme.color.accent.primary', label: 'Accent', kind: 'colour', start: '#0f766e' },
      { path: 'theme.color.accent.level', label: 'Accent level', kind: 'range', least: 0, most: 3, standard: 1, needs: 'theme.color.accent.primary' },
      { path: 'theme.color.grayscale.tint', label: 'Tint of the grays', kind: 'range', least: 0, most: 9, standard: 0 },
      { path: 'theme.color.grayscale.hue', label: 'Hue of the grays', kind: 'range', least: 0, most: 360, standard: 0, needs: 'theme.color.grayscale.tint' },
      { path: 'theme.color.grayscale.shade', label: 'Shade of the grays', kind: 'range', least: -4, most: 4, standard: 0 },
      { path: 'theme.color.surface.background', label: 'Background', kind: 'colour', start: '#fdf6e3' },
      { path: 'theme.color.surface.foreground', label: 'Raised surfaces', kind: 'colour', start: '#f3ead0' },
      { path: 'theme.radius', label: 'Corners', kind: 'choice', values: ['pill', 'round', 'soft', 'sharp'], standard: 'pill' },
      { path: 'theme.density', label: 'Density', kind: 'choice', values: ['compact', 'normal', 'spacious'], standard: 'normal' },
      { path: 'theme.typography.baseSize', label: 'Text size', kind: 'range', least: 14, most: 18, standard: 16 },
      { path: 'theme.typography.fontFamily', label: 'Font', kind: 'choice', values: ['', SERIF, ROUNDED], names: ['The system’s', 'Serif', 'Rounded'], standard: '' },
      { path: 'theme.typography.fontFamilyMono', label: 'Font of code', kind: 'choice', values: ['', TYPED], names: ['The system’s', 'Typewriter'], standard: '' },
    ],
  },
  {
    title: 'Place',
    settings: [
      { path: 'layout', label: 'Layout', kind: 'choice', values: ['fill', 'document', 'floating'], standard: 'fill' },
      { path: 'locale', label: 'Language', kind: 'choice', values: ['', ...LOCALES], names: ['The browser’s', ...LOCALES.map(nameOf)], standard: '' },
    ],
  },
  {
    title: 'Header and history',
    settings: [
      { path: 'header.enabled', label: 'Header', kind: 'switch', standard: true },
      { path: 'header.title.enabled', label: 'Title', kind: 'switch', standard: true },
      { path: 'header.title.text', label: 'Words of the title', kind: 'text', standard: '' },
      { path: 'header.leftAction', label: 'A button of your own', kind: 'switch', standard: false, on: HOME },
      { path: 'history.enabled', label: 'History', kind: 'switch', standard: true },
      { path: 'history.showRename', label: 'Rename conversations', kind: 'switch', standard: true },
      { path: 'history.showDelete', label: 'Delete conversations', kind: 'switch', standard: true },
    ],
  },
  {
    title: 'Start',
    settings: [
      { path: 'startScreen.greeting', label: 'Greeting', kind: 'text', standard: '' },
      { path: 'startScreen.prompts', label: 'Things to ask', kind: 'switch', standard: true, off: [] },
    ],
  },
  {
    title: 'Field',
    settings: [
      { path: 'composer.placeholder', label: 'Placeholder', kind: 'text', standard: '' },
      { path: 'composer.attachments.enabled', label: 'Attachments', kind: 'switch', standard: true },
      { path: 'composer.attachments.maxCount', label: 'Files at most', kind: 'range', least: 1, most: 10, standard: 10 },
      { path: 'composer.tools', label: 'Tools', kind: 'switch', standard: true, off: [] },
      { path: 'composer.models', label: 'Models', kind: 'switch', standard: true, off: [] },
      { path: 'composer.dictation.enabled', label: 'Dictation', kind: 'switch', standard: true },
      { path: 'commands.enabled', label: 'Commands (/)', kind: 'switch', standard: true },
      { path: 'entities.showComposerMenu', label: 'Button for mentions (@)', kind: 'switch', standard: true },
      { path: 'disclaimer.text', label: 'Disclaimer', kind: 'text', standard: '' },
      { path: 'disclaimer.highContrast', label: 'Strong disclaimer', kind: 'switch', standard: false },
    ],
  },
  {
    title: 'Conversation',
    settings: [
      { path: 'threadItemActions.feedback', label: 'Thumbs below answers', kind: 'switch', standard: true },
      { path: 'threadItemActions.retry', label: '“Answer again”', kind: 'switch', standard: true },
      { path: 'thread.autoScroll', label: 'Follow the answer', kind: 'switch', standard: false },
      { path: 'mermaid', label: 'Draw diagrams', kind: 'switch', standard: true, off: undefined },
    ],
  },
  {
    title: 'For screen readers',
    settings: [
      { path: 'frameTitle', label: 'Name of the chat', kind: 'text', standard: '' },
      { path: 'headingLevel', label: 'Level of its title', kind: 'range', least: 1, most: 6, standard: 2 },
    ],
  },
];
