/** An answer that is not a success, told to the caller: status, a code for programs, a sentence for people. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details?: unknown,
  ) {
    super(message);
  }
}

export const notFound = (what: string) =>
  new HttpError(404, 'not_found', `There is no such ${what}.`);

/** 422 with the field named. */
export function invalid(field: string, message: string): HttpError {
  return new HttpError(422, 'invalid', `${field}: ${message}`, { fields: { [field]: message } });
}
