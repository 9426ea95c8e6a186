import test from 'ava';
import { isBusy, pauseAfter, reasonOf } from '../../src/hub/retry.js';

test('a server that is busy is waited for as long as it asks, up to the patience', (t) => {
  const asking = (value?: string) =>
    new Response(null, { status: 503, headers: value === undefined ? {} : { 'retry-after': value } });
  t.is(pauseAfter(asking(), 1, 10), 1);
  t.is(pauseAfter(asking('5'), 1, 10), 5);
  t.is(pauseAfter(asking('0'), 1, 10), 1);
  t.is(pauseAfter(asking('100000'), 1, 10), 10);
  for (const odd of ['-5', 'NaN', 'soon']) t.is(pauseAfter(asking(odd), 1, 10), 1);
});

test('a date to try again at is waited for, likewise', (t) => {
  const now = Date.parse('Wed, 21 Oct 2015 07:28:00 GMT');
  const asking = (value: string) => new Response(null, { status: 503, headers: { 'retry-after': value } });
  t.is(pauseAfter(asking('Wed, 21 Oct 2015 07:28:04 GMT'), 1, 10, now), 4);
  t.is(pauseAfter(asking('Wed, 21 Oct 2099 07:28:00 GMT'), 1, 10, now), 10);
  t.is(pauseAfter(asking('Wed, 21 Oct 2015 07:27:00 GMT'), 1, 10, now), 1);
});

test('what another try may bring is told from what it cannot', (t) => {
  t.true([500, 502, 503, 429].every(isBusy));
  t.false([200, 302, 401, 403, 404, 416].some(isBusy));
});

test('why a connection failed is what its cause says, or itself where that says nothing', (t) => {
  const failed = (cause?: Error) => reasonOf(new TypeError('fetch failed', { cause }));
  t.is(failed(new Error('other side closed')), 'other side closed');
  t.is(failed(new AggregateError([])), 'fetch failed');
  t.is(failed(), 'fetch failed');
});
