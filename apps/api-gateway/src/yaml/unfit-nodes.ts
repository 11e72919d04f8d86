import { isAlias, isScalar, visit, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { isFieldName, isText } from '../http/keepable.js';

/** A place in a text at which YAML says what no document here may hold. */
export interface Unfit {
  readonly offset: number;
  readonly message: string;
}

const at = (node: unknown): number => (node as Partial<Node> | null)?.range?.[0] ?? 0;

const ofNode = (node: Node): string | undefined => {
  // What is small to read could be endless to unfold.
  if (isAlias(node) || ('anchor' in node && node.anchor !== undefined)) {
    return 'anchors and aliases (& and *) are not taken: write each value where it is used';
  }
  if (node.tag !== undefined) return `tags are not taken: write the value without ${node.tag.slice(0, 60)}`;
  if (!isScalar(node) || typeof node.value !== 'string' || isText(node.value)) return undefined;
  return 'holds characters that are not text';
};

const ofPair = ({ key }: Pair): string | undefined => {
  const name: unknown = isScalar(key) ? key.value : key;
  if (isAlias(key)) return undefined;
  if (typeof name !== 'string') return 'the name of a field must be text: put it in quotes';
  return isFieldName(name) ? undefined : `${name} is not a name that a field may have`;
};

/** Keys that stand in their map before already. The parser's own search for them takes the square of their number. */
const repeated = ({ items }: YAMLMap): readonly unknown[] => {
  const seen = new Set<unknown>();
  return items.flatMap(({ key }) => {
    const name: unknown = isScalar(key) ? key.value : key;
    if (seen.has(name)) return [key];
    seen.add(name);
    return [];
  });
};

/** All of it, in the order of the text. */
export const unfitNodes = (document: Document): readonly Unfit[] => {
  const found: Unfit[] = [];
  const add = (node: unknown, message: string | undefined): void => {
    if (message !== undefined) found.push({ offset: at(node), message });
  };
  visit(document, {
    Map: (_key, map) => {
      add(map, ofNode(map));
      for (const key of repeated(map)) add(key, `${String(key).slice(0, 60)} stands in its map twice`);
    },
    Pair: (_key, pair) => add(pair.key, ofPair(pair)),
    Node: (_key, node) => add(node, ofNode(node)),
  });
  return found;
};
