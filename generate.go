package sdk

// This is the one list of what is generated from what. The generator is a module of its own, so that its dependencies
// never reach the users of this one.

//go:generate go run -C internal/gen . -document ../../openapi/cargo.yaml -package cargo -out ../../cargo
//go:generate go run -C internal/gen . -document ../../openapi/releases.yaml -package releases -out ../../releases
//go:generate go run -C internal/gen . -document ../../openapi/versori.yaml -package versori -out ../../versori
//go:generate go run -C internal/gen . -document ../../openapi/licensing.yaml -package licensing -out ../../licensing
//go:generate go run -C internal/gen . -document ../constructs/constructs.yaml -package constructs -out ../constructs
