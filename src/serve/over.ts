import type { FastifyReply, FastifyRequest } from 'fastify';

// Of a reply that waits behind others on its connection Node does not say that the connection closed: both are looked at.

/** Whether a reply was taken, or can be taken no more. */
export function isOver({ raw: { socket } }: FastifyRequest, { raw }: FastifyReply): boolean {
  return raw.destroyed || socket.destroyed;
}

/** Calls back once as soon as a reply is over, at once where it is. */
export function onceOver(request: FastifyRequest, reply: FastifyReply, callback: () => void): void {
  if (isOver(request, reply)) {
    callback();
    return;
  }
  const { socket } = request.raw;
  const over = () => {
    socket.off('close', over);
    reply.raw.off('close', over);
    callback();
  };
  // Any number of requests may come on a connection before the first is answered: that is no leak.
  socket.setMaxListeners(0);
  socket.once('close', over);
  reply.raw.once('close', over);
}
