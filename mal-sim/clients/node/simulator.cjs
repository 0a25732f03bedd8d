// Sends the requests for MyAnimeList's hosts to the simulator, and plays the browser. The packages stay unchanged: they
// have no option for the address, so that Node's `https.request` is replaced.
"use strict";

const http = require("node:http");
const https = require("node:https");

const simulator = new URL(process.env.MAL_SIM_API);
const hosts = ["api.myanimelist.net", "myanimelist.net"];

https.request = (options, callback) => {
  if (!hosts.includes(options.hostname)) {
    throw new Error(`a request for ${options.hostname}`);
  }
  const { method, path, headers } = options;
  return http.request({ method, path, headers, hostname: simulator.hostname, port: simulator.port }, callback);
};

/** Opens the address at which the user logs in. Returns the code of the redirect. */
exports.logInWithBrowser = (address) => {
  const { pathname, search } = new URL(address);
  return new Promise((resolve, reject) => {
    http.get(new URL(pathname + search, simulator), (response) => {
      response.resume();
      const code = new URL(response.headers.location ?? "none:").searchParams.get("code");
      return code ? resolve(code) : reject(new Error(`the login ended with ${response.statusCode}`));
    });
  });
};

/** Returns a PKCE verifier, which is the challenge too. */
exports.makeVerifier = () => require("node:crypto").randomBytes(64).toString("base64url");

/** Returns an entry of a page as check_client.py compares it. */
exports.summarize = ({ node, list_status: status }) => [
  node.id,
  status.status,
  status.score,
  status.num_episodes_watched,
];

/** Prints the result of a client. */
exports.runClient = (client) =>
  client().then(
    (result) => console.log(JSON.stringify(result)),
    (error) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
