#!/bin/sh
# Puts the receivers' addresses of the environment into the configuration, then starts the server. Without an address alerts can be
# looked at, at port 9093, and are sent nowhere.
set -eu

nowhere=http://127.0.0.1:9/
for name in ALERT_WEBHOOK_URL ALERT_WATCHDOG_URL; do
  value=$(printenv "$name" || true)
  case "$value" in
    '' | http://* | https://*) ;;
    *)
      echo "$name must be an http or https URL" >&2
      exit 1
      ;;
  esac
  case "$value" in
    *[\|\'\\\&]*)
      echo "$name must not contain | ' \\ or &: percent-encode them" >&2
      exit 1
      ;;
  esac
done

umask 077
sed -e "s|@ALERT_WEBHOOK_URL@|${ALERT_WEBHOOK_URL:-$nowhere}|" \
  -e "s|@ALERT_WATCHDOG_URL@|${ALERT_WATCHDOG_URL:-${ALERT_WEBHOOK_URL:-$nowhere}}|" \
  /etc/alertmanager/alertmanager.yml >/tmp/alertmanager.yml

exec /bin/alertmanager --config.file=/tmp/alertmanager.yml --storage.path=/alertmanager --cluster.listen-address=
