/** The icon of diagrams. Lucide's drawings (ISC, see NOTICE), written by scripts/icons.mjs. */
// prettier-ignore
export const paths: Readonly<Record<string, string>> = {
  code: 'M16 18l6-6-6-6M8 6l-6 6 6 6',
};
