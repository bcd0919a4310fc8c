#!/bin/sh
# Runs once, before the first line is written. Safe to run again.
set -eu

put() {
  curl -fsS -X PUT "http://elasticsearch:9200/$1" -H 'Content-Type: application/json' --data-binary "@/opt/billing/$2"
  echo
}

put _ilm/policy/logs-billing ilm-policy.json
put _index_template/logs-billing index-template.json
