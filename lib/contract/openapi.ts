import { z } from 'zod';
import packageJson from '@/package.json';
import { errorBody } from './fields';
import { type Operation, operations } from './operations';

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};
const content = (schema: z.ZodType, io: 'input' | 'output', media = 'application/json') => ({
  [media]: { schema: schemaOf(schema, io) },
});

/** OpenAPI 3.1 of the whole API, from the schemas that validate. */
export function describeApi() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const [method = '', path = ''] = name.split(' ');
    paths[path] ??= {};
    paths[path][method.toLowerCase()] = describeOperation(path, operation);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Yagura', version: packageJson.version, license: { name: 'Apache-2.0' } },
    servers: [{ url: '/api/v1' }],
    security: [{ bearer: [] }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    paths,
  };
}

function describeOperation(path: string, operation: Operation) {
  const { query, body, response, status } = operation;
  const refusals = {
    401: 'No valid sign-in',
    403: 'The role is too low',
    422: 'Bad input, with the field named',
  };
  return {
    summary: operation.summary,
    description: `Needs the role ${operation.role}.`,
    parameters: [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      ...(query ? describeQuery(query) : []),
    ],
    ...(body && { requestBody: { required: true, content: content(body, 'input') } }),
    responses: {
      [status ?? 200]: {
        description: 'Done',
        ...(response && { content: content(response, 'output', operation.media) }),
      },
      ...Object.fromEntries(
        Object.entries(operation.also ?? {}).map(([code, description]) => [
          code,
          {
            description,
            ...(response && { content: content(response, 'output', operation.media) }),
          },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(refusals).map(([code, description]) => [
          code,
          { description, content: content(errorBody, 'output') },
        ]),
      ),
    },
  };
}

function describeQuery(query: z.ZodType) {
  const shape = schemaOf(query, 'input') as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(shape.properties ?? {}).map(([name, schema]) => ({
    name: name === 'label' ? 'label.<name>' : name,
    in: 'query',
    required: shape.required?.includes(name) ?? false,
    schema,
  }));
}
