import { createHmac } from 'node:crypto';

/**
 * The password of a role or user, made from that of its maker: two programs that know the maker make the same one.
 * @param {string} makerUrl with the maker's password
 * @param {string} name
 */
export function derivedPassword(makerUrl, name) {
  return createHmac('sha256', new URL(makerUrl).password).update(name).digest('hex');
}

/**
 * The URL for another login at the same server, with its derived password.
 * @param {string} url
 * @param {string} makerUrl
 * @param {string} name
 */
export function loginAs(url, makerUrl, name) {
  return Object.assign(new URL(url), { username: name, password: derivedPassword(makerUrl, name) }).href;
}
