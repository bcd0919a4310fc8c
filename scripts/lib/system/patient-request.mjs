import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/**
 * One request, for as long as its answer takes: a replay of very many letters takes minutes, after five of which
 * `fetch` gives up.
 * @param {string} url
 * @param {{ method?: string, headers?: Record<string, string>, body?: string }} [options]
 * @returns {Promise<{ status: number, ok: boolean, text: string }>}
 */
export function patientRequest(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const send = new URL(url).protocol === 'https:' ? requestHttps : requestHttp;
    const outgoing = send(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        resolve({ status, ok: status >= 200 && status < 300, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
