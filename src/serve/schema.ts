// Parts of the JSON schemas that check what comes, give what goes its form and describe both in OpenAPI.

/** An object of these properties, and no others. */
export const object = (properties: Record<string, object>, optional: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

/** What a client is told of a refusal. */
export const problem = (description: string) => ({
  description,
  ...object({
    statusCode: { type: 'integer' },
    code: { type: 'string' },
    message: { type: 'string' },
  }),
});

/** What any request may be refused with. */
export const problems = {
  400: problem('Not HTTP, or without one Host header'),
  408: problem('A request that did not come in time'),
  417: problem('An Expect header other than 100-continue'),
  421: problem('At a loopback address: a name that is not localhost'),
  431: problem('Headers that are too long'),
  503: problem('The server is being stopped; Retry-After says when to come again'),
};
