// node-myanimelist: logs in, reads pages of 500 entries, and sends a PATCH with several fields.
"use strict";

const { logInWithBrowser, makeVerifier, runClient, summarize } = require("./simulator.cjs");
const { Mal } = require("node-myanimelist");

runClient(async () => {
  const auth = Mal.auth("a".repeat(32));
  const verifier = makeVerifier();
  const account = await auth.authorizeWithCode(await logInWithBrowser(auth.getOAuthUrl(verifier)), verifier);
  await account.refreshToken();
  const user = await account.user.info().call();
  const data = [];
  for (let page = { paging: { next: true } }; page.paging.next; data.push(...page.data)) {
    const args = { includeNsfw: true, limit: 500, offset: data.length };
    page = await account.user.animelist("@me", null, Mal.Anime.listStatusFields().tags().comments(), args).call();
  }
  const { id } = data.find(({ list_status: status }) => status.comments === "" && !status.tags.length).node;
  const values = { score: 4, priority: 2, comments: "It's \"good\" & <short>\nsecond line", start_date: "2024-05-06" };
  const status = await account.anime.updateMyAnime(id, { ...values, tags: "ä, b c" }).call();
  if (status.score !== 4 || status.tags.join() !== "ä,b c") {
    throw new Error(`the answer was ${JSON.stringify(status)}`);
  }
  return {
    user: user.name,
    entries: data.map(summarize),
    asks_for_gray: true,
    written: { id, values: { ...values, tags: ["ä", "b c"] } },
  };
});
