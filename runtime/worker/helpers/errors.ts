/** How the child tells these errors from others, whichever copy of this module made them. */
export const ERROR_CODE = Symbol.for("latchkey.error-code");

/** What an author may say of a {@link RunError}. */
export interface RunErrorOptions {
  /** Whether another attempt can help. Default false. */
  readonly retriable?: boolean;
  /** JSON facts that reach the caller with the message. Never put secrets in. */
  readonly details?: { readonly [key: string]: unknown };
}

/** Throw it for a deliberate failure whose message reaches the caller. It is not tried again unless `retriable`. */
export class RunError extends Error {
  override readonly name = "RunError";
  readonly [ERROR_CODE] = "RUN_ERROR";
  /** Whether another attempt can help. */
  readonly retriable: boolean;
  /** Facts for the caller. */
  readonly details: { readonly [key: string]: unknown } | undefined;

  constructor(message: string, options: RunErrorOptions = {}) {
    super(message);
    this.retriable = options.retriable ?? false;
    this.details = options.details;
  }
}

/** Throw it from `create` when the site refused the credentials: nothing is tried again, so the account is not locked. */
export class InvalidCredentialsError extends Error {
  override readonly name = "InvalidCredentialsError";
  readonly [ERROR_CODE] = "INVALID_CREDENTIALS";

  constructor(message = "The site refused the credentials.") {
    super(message);
  }
}
