import { isSensitiveKey, REDACTED, type Redactor } from "../model/redact.ts";

/** Parameters of sign-in redirects (OAuth 2.0, OpenID Connect, SAML) that let somebody in. */
const SIGN_IN = /^(code|state|nonce|id_token|ticket|sid|sig|signature|samlresponse|relaystate|session.*|auth.*|key|jwt)$/i;

/** An address without secrets: of sensitive parameters, of the fragment, of credentials, and all that is known. */
export function redactUrl(text: string, redactor: Redactor): string {
  if (!URL.canParse(text)) return redactor.text(text);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    url.username = REDACTED;
    url.password = "";
  }
  for (const name of new Set(url.searchParams.keys())) if (isSensitiveKey(name) || SIGN_IN.test(name)) url.searchParams.set(name, REDACTED);
  if (/=/.test(url.hash)) url.hash = REDACTED;
  return redactor.text(url.href);
}
