import { GENERAL_KINDS, isProblemKind } from '../src/problems/kinds.js';
import type { Answer } from './gateway-fixture.js';

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Response>> }>>>
  >;
}

interface Response {
  readonly content?: {
    readonly 'application/problem+json'?: { readonly examples?: Readonly<Record<string, unknown>> };
  };
}

interface Route {
  readonly pattern: RegExp;
  readonly kinds: readonly string[];
}

/** Which problems each route is said to answer with. Routes without parameters come first, as they do when one is found. */
export const documentedProblems = ({ paths }: Document): readonly Route[] =>
  Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => ({
        pattern: new RegExp(`^${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
        kinds: Object.values(responses).flatMap(({ content }) =>
          Object.keys(content?.['application/problem+json']?.examples ?? {}),
        ),
      })),
    )
    .toSorted((a, b) => a.pattern.source.split('[^').length - b.pattern.source.split('[^').length);

/** Throws when a route answers with a problem that the OpenAPI document does not tell of. */
export const checkIsDocumented = (routes: readonly Route[], request: string, { status, body }: Answer): void => {
  const route = routes.find(({ pattern }) => pattern.test(request.split('?', 1)[0] ?? ''));
  const kind = String((body as { type?: string } | undefined)?.type ?? '').replace('/problems/', '');
  if (!route || status < 400 || !isProblemKind(kind) || GENERAL_KINDS.includes(kind)) return;
  if (!route.kinds.includes(kind)) throw new Error(`${request} answers with ${kind}, which /docs does not say of it.`);
};
