import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { inOrder } from '../../src/cli/in-order.js';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number += 1) {
    await Promise.resolve();
    yield number;
  }
}

test('results come in the order of the items, of which at most so many are worked on', async (t) => {
  let running = 0;
  let most = 0;
  const results: number[] = [];
  const work = async (number: number) => {
    running += 1;
    most = Math.max(most, running);
    await sleep((number * 7) % 5);
    running -= 1;
    return 10 * number;
  };
  for await (const result of inOrder(numbers(40), 6, work)) results.push(result);
  t.deepEqual(
    results,
    Array.from({ length: 40 }, (_, number) => 10 * number),
  );
  t.is(most, 6);
});

test('what fails is thrown in its turn, and what fails after it is not left unheard', async (t) => {
  const results: number[] = [];
  const work = (number: number) =>
    number < 2 ? Promise.resolve(number) : Promise.reject(new Error(`no ${number}`));
  await t.throwsAsync(
    async () => {
      for await (const result of inOrder(numbers(9), 5, work)) results.push(result);
    },
    { message: 'no 2' },
  );
  await sleep(10);
  t.deepEqual(results, [0, 1]);
});
