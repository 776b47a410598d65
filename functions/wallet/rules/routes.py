"""The routes of balance rules."""

from fastapi import Request, Response

from functions.wallet.rules.change_rules import add_rule, delete_rule, list_rules
from functions.wallet.rules.schemas import AddBalanceRule, BalanceRuleBody, BalanceRuleList
from paycore.http import Router, current_caller, needs, reply, request_key
from paycore.http.answers import kept

routes = Router(tags=["wallets"])


@routes.post(
    "/v1/wallets/{wallet_id}/balance-rules",
    status_code=201,
    response_model=BalanceRuleBody,
    openapi_extra=needs("wallets:write", key="accepted"),
)
async def post_rule(
    wallet_id: str, body: AddBalanceRule, caller: current_caller, key: request_key, request: Request
) -> Response:
    """Watches a wallet's balance: one event each time it crosses the value."""
    return kept(add_rule(caller, wallet_id, body, request.scope["paycore.request_id"], key))


@routes.get(
    "/v1/wallets/{wallet_id}/balance-rules", response_model=BalanceRuleList, openapi_extra=needs("wallets:read")
)
async def get_rules(wallet_id: str, caller: current_caller) -> Response:
    """Lists the rules that watch a wallet's balance."""
    return reply(200, list_rules(caller, wallet_id))


@routes.delete("/v1/wallets/{wallet_id}/balance-rules/{rule_id}", status_code=204, openapi_extra=needs("wallets:write"))
async def remove_rule(wallet_id: str, rule_id: str, caller: current_caller) -> Response:
    """Watches no longer."""
    delete_rule(caller, wallet_id, rule_id)
    return Response(status_code=204)
