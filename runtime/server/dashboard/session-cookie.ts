/** The cookie of whoever is signed in to the dashboard. */
export const SESSION_COOKIE = "latchkey_session";
