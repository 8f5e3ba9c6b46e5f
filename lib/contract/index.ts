/** The public contract: every request and response of the API, once, for validation, types and OpenAPI. */
export * from './activity';
export * from './admin';
export * from './advice';
export * from './clusters';
export * from './compare';
export * from './fields';
export * from './instances';
export * from './inventory';
export * from './load';
export * from './log';
export * from './metrics';
export * from './operations';
export * from './progress';
export * from './route';
export * from './statement-tags';
export * from './statements';
export * from './tables';
