import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { fastify } from 'fastify';
import { takeJsonOnly } from '../../src/serve/json-body.js';

test('of long bodies that come together one is parsed a turn of the event loop', async (t) => {
  const app = fastify();
  takeJsonOnly(app);
  let turn = 0;
  const parsed: number[] = [];
  app.post('/', () => {
    parsed.push(turn);
    return {};
  });
  await app.ready();
  let isOver = false;
  const counting = (async () => {
    for (; !isOver; turn++) await nextTurn();
  })();
  const headers = { 'content-type': 'application/json' };
  const payload = JSON.stringify({ text: 'x'.repeat(20_000) });
  const send = () => app.inject({ method: 'POST', url: '/', headers, payload });
  const replies = await Promise.all(Array.from({ length: 20 }, send));
  isOver = true;
  await counting;
  t.deepEqual(new Set(replies.map(({ statusCode }) => statusCode)), new Set([200]));
  t.is(new Set(parsed).size, 20);
  await app.close();
});
