// @chris-kode/myanimelist-api-v2: logs in, reads pages of 1,000 entries, and sends a PUT. It cannot ask for gray entries.
"use strict";

const { logInWithBrowser, makeVerifier, runClient, summarize } = require("./simulator.cjs");
const { API_LIST_ANIME, API_USER, OAUTH } = require("@chris-kode/myanimelist-api-v2");

runClient(async () => {
  const oauth = new OAUTH("b".repeat(32));
  const verifier = makeVerifier();
  const first = await oauth.accessToken(await logInWithBrowser(oauth.urlAuthorize(verifier)), verifier);
  const { access_token: token } = await oauth.refreshToken(first.refresh_token);
  const user = await new API_USER(token).me();
  const list = new API_LIST_ANIME(token);
  const data = [];
  for (let page = { paging: { next: true } }; page.paging.next; data.push(...page.data)) {
    page = await list.getList("@me", data.length, 1000, ["list_status", "num_episodes"]);
  }
  const { id } = data.find(({ list_status: status }) => status.status === "completed" && !status.is_rewatching).node;
  const status = await list.updateList(id, { is_rewatching: true, num_times_rewatched: 7, rewatch_value: 5 });
  if (status.is_rewatching !== true || status.status !== "completed") {
    throw new Error(`the answer was ${JSON.stringify(status)}`);
  }
  return {
    user: user.name,
    entries: data.map(summarize),
    asks_for_gray: false,
    written: { id, values: { is_rewatching: true, num_times_rewatched: 7, rewatch_value: 5 } },
  };
});
