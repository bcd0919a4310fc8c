#!/bin/sh
# Puts the users of the environment into the definitions, then starts the server, which imports them. With definitions
# the server makes no default user: there is no guest.
set -eu

for name in RABBITMQ_APP_USER RABBITMQ_APP_PASSWORD RABBITMQ_ADMIN_USER RABBITMQ_ADMIN_PASSWORD RABBITMQ_MONITOR_PASSWORD; do
  value=$(printenv "$name" || true)
  case "$value" in
    '' | *[!A-Za-z0-9_-]*)
      # They are part of URLs and of JSON: plain characters need no escaping in either.
      echo "$name must be set, to letters, digits, - and _ only" >&2
      exit 1
      ;;
  esac
done

target=/run/billing/definitions.json
umask 077
sed -e "s/@APP_USER@/$RABBITMQ_APP_USER/g" \
  -e "s/@APP_PASSWORD@/$RABBITMQ_APP_PASSWORD/g" \
  -e "s/@ADMIN_USER@/$RABBITMQ_ADMIN_USER/g" \
  -e "s/@ADMIN_PASSWORD@/$RABBITMQ_ADMIN_PASSWORD/g" \
  -e "s/@MONITOR_PASSWORD@/$RABBITMQ_MONITOR_PASSWORD/g" \
  /opt/billing/definitions.json >"$target"
chown -R rabbitmq:rabbitmq /run/billing

exec docker-entrypoint.sh rabbitmq-server
