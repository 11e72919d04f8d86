interface Level {
  /** Of an object: the fields it has so far. */
  readonly fields?: Set<string>;
  /** The field or the place in the list that the text is at. */
  at: string;
}

// Strings as a whole, so that no bracket in one is taken for structure; with a colon after it, it names a field.
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|[{}[\],]/gs;

/**
 * The pointers (RFC 6901) of fields that an object has more than once: `JSON.parse` keeps the last of them and says
 * nothing. The text is known to be JSON.
 */
export function* repeatedFields(text: string): Generator<string> {
  const levels: Level[] = [];
  for (const [token] of text.matchAll(TOKENS)) {
    const level = levels.at(-1);
    if (token === '{') levels.push({ fields: new Set(), at: '' });
    else if (token === '[') levels.push({ at: '0' });
    else if (token === '}' || token === ']') levels.pop();
    else if (token === ',') {
      if (level && !level.fields) level.at = String(Number(level.at) + 1);
    } else if (token.endsWith(':') && level?.fields) {
      // As it is meant, not as it is written: \u0061 is an a.
      level.at = JSON.parse(token.slice(0, -1)) as string;
      if (level.fields.has(level.at)) yield levels.map(({ at }) => `/${pointerPart(at)}`).join('');
      level.fields.add(level.at);
    }
  }
}

/** A name as part of a pointer. */
export const pointerPart = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
