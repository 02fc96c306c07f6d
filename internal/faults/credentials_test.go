package faults_test

func credentials() []check {
	return []check{
		{61, "a redirect to another origin is refused and nothing arrives there", redirectsElsewhereAreRefused},
		{61, "a redirect that is followed elsewhere on request carries no credential and no query and no body", redirectsElsewhereCarryNothing},
		{61, "credentials do not come back after a detour", credentialsStayAwayAfterADetour},
		{61, "a redirect within the origin keeps the token", redirectsWithinTheOriginKeepTheToken},
		{62, "a request with an effect is not sent to another origin even on request", bodiesGoNowhereElse},
		{63, "a redirect from https to http is refused even on request", downgradesAreRefused},
		{63, "redirects in a circle end after ten", redirectsEndAfterTen},
		{63, "no redirect but 303 turns a POST into a GET", onlySeeOtherMakesAGet},
		{64, "the address of another origin is no path", addressesAreNoPaths},
		{64, "a cursor that is an address is sent as a cursor", cursorsAreNoAddresses},
		{65, "no failure of any kind shows a token or a secret or a query in anything that can be printed", secretsStaySecret},
		{65, "a client that can not be made shows nothing of what was wrong", clientsThatCantBeMade},
		{65, "models hide their secret members everywhere but on the wire", modelsHideTheirSecrets},
		{66, "a log line has only members that are safe to show", logsHaveNothingBut},
	}
}
