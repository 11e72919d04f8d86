import type { FastifyReply } from 'fastify';

/** An object that is answered again as it was is not written as JSON again. */
const texts = new WeakMap<object, Buffer>();

/** Answers with JSON that is long and may be asked for again while it stays the same object. */
export const largeJson = (reply: FastifyReply, body: object): Buffer => {
  const text = texts.get(body) ?? Buffer.from(JSON.stringify(body));
  texts.set(body, text);
  void reply.header('content-type', 'application/json; charset=utf-8');
  return text;
};
