package faults_test

import "github.com/wharfinger/sdk/releases"

func listParams(cursor string) releases.ReleaseListParams {
	return releases.ReleaseListParams{Cursor: cursor}
}

func pages() []check {
	return nil
}
