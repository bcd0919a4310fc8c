#!/bin/sh
# Makes of each runbook_url a link, below RUNBOOK_URL, then starts the server.
set -eu

case "${RUNBOOK_URL:-}" in
  '' | http://* | https://*) ;;
  *)
    echo 'RUNBOOK_URL must be an http or https URL' >&2
    exit 1
    ;;
esac
case "${RUNBOOK_URL:-}" in
  *[\|\'\\\&]*)
    echo "RUNBOOK_URL must not contain | ' \\ or &: percent-encode them" >&2
    exit 1
    ;;
esac

sed -e "s|docs/runbook.md|${RUNBOOK_URL:-docs/runbook.md}|" /etc/prometheus/billing.rules.yml >/tmp/billing.rules.yml

exec /bin/prometheus --config.file=/etc/prometheus/prometheus.yml --storage.tsdb.path=/prometheus --storage.tsdb.retention.time=15d
