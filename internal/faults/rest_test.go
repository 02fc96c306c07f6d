package faults_test

func rest() []check {
	return []check{
		{77, "many goroutines with repeats and cancellations leave nothing behind and each other alone", manyAtOnce},
		{77, "one client serves many goroutines with a token that is refused now and then", manyWithARefreshedToken},
		{78, "a turn of the rate limit that would come too late is an error at once", turnsThatComeTooLate},
		{78, "a wait for a turn ends with the context and requests keep to the rate", waitsForATurn},
		{80, "an answer without a body by its status or method is read without waiting for one", answersWithoutABody},
		{80, "an answer that should have a body and has none says so", bodiesThatAreMissing},
		{80, "informational answers come before the answer and are none", informationalAnswers},
		{81, "a webhook is taken with any of the tokens and refused with none of them", webhookTokens},
		{81, "a webhook is bounded in size and in age both ways", webhookBounds},
		{81, "a webhook is checked as it came and signed once", webhookAsItCame},
		{82, "a stream of events is read in every form of its lines", streamsInEveryForm},
		{82, "a stream is bound by no timeout but the context", streamsTakeTheirTime},
		{82, "leaving a stream ends its request and leaves nothing behind", leavingAStream},
		{82, "a stream is repeated until it begins and no longer", streamsAreNotRepeated},
		{82, "an event that is too large or no event stream at all is an error", streamsOfAnotherKind},
		{83, "a panic in a hook or a middleware or a limiter leaves no body and no connection behind", panicsLeaveNothing},
		{83, "a panic in a token source reaches the caller and locks nobody out", panicsOfATokenSource},
		{84, "a read on a connection that the server has just closed is repeated unnoticed", readsOnAClosedConnection},
		{84, "a change on a connection that the server has just closed is sent at most once and says so", changesOnAClosedConnection},
	}
}
