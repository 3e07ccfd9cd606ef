/** Words of others among ours. */

/** Without the signs that turn what stands around them: within a text of ours they would turn ours. */
export const unturned = (words: string): string => words.replace(/[\u202a-\u202e\u2066-\u2069]/g, '');
