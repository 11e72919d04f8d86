// Which tests say that they prove a demand.
import ts from 'typescript';

const ID = /\b[A-Z]+-\d+\b/g;
const TESTS = new Set(['it', 'test', 'describe']);

/** `it`, and what `it.each(table)` or `it.concurrent.each(table)` calls, all come from one name. */
const nameOf = (callee: ts.Expression): string | undefined => {
  if (ts.isIdentifier(callee)) return callee.text;
  if (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) return nameOf(callee.expression);
  return undefined;
};

/** The ids in the titles of a spec; one that stands in a table or a comment is no title. */
export const idsInTitles = (path: string, text: string): readonly string[] => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const ids = new Set<string>();
  const visit = (node: ts.Node): void => {
    const [title] = ts.isCallExpression(node) && TESTS.has(nameOf(node.expression) ?? '') ? node.arguments : [];
    if (title && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))) {
      for (const id of title.getText().match(ID) ?? []) ids.add(id);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...ids];
};
