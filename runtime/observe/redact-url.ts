import { isSensitiveKey, REDACTED, type Redactor } from "../model/redact.ts";

/** Parameters of sign-in redirects (OAuth 2.0, OpenID Connect, SAML) that let somebody in. */
const SIGN_IN = /^(code|state|nonce|id_token|ticket|sid|sig|signature|samlresponse|relaystate|session.*|auth.*|key|jwt)$/i;

/** Whether a parameter of that name holds a secret. */
export function isSecretParameter(name: string): boolean {
  return isSensitiveKey(name) || SIGN_IN.test(name);
}

/** A text in which every address is without secrets. */
export function redactUrls(text: string, redactor: Redactor): string {
  return redactor.text(text.replaceAll(/https?:\/\/[^\s"'<>)]+/g, (url) => redactUrl(url, redactor)));
}

/** An address without secrets: of sensitive parameters, of the fragment, of credentials, and all that is known. */
export function redactUrl(text: string, redactor: Redactor): string {
  if (!URL.canParse(text)) return redactor.text(text);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    url.username = REDACTED;
    url.password = "";
  }
  for (const name of new Set(url.searchParams.keys())) if (isSecretParameter(name)) url.searchParams.set(name, REDACTED);
  if (/=/.test(url.hash)) url.hash = REDACTED;
  return redactor.text(url.href);
}
