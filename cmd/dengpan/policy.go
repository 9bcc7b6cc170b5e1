package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/policy"
)

func policyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "policy", Short: "check, explain and compare the programme's rules", Args: cobra.NoArgs,
	}
	cmd.AddCommand(policyCheckCommand(), policyExplainCommand(), policyDiffCommand())
	return cmd
}

func policyCheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [DIR]",
		Short: "hold policy files to their schemas and to what decisions rely on",
		Long: "Without a folder the program's own versions are checked; with one, that folder, as a version of the folder's name\n" +
			"beside them. What is wrong is printed as file:line: message, and the exit status is 1.",
		Args: cobra.MaximumNArgs(1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		faults, what := policy.Check(), fmt.Sprint(policy.Versions())
		if len(args) == 1 {
			folder, name, err := versionFolder(args[0])
			if err != nil {
				return err
			}
			faults, what = policy.CheckFolder(os.DirFS(folder), name), folder
			for _, fault := range faults {
				// The lists of institutions stay the program's own, whatever the folder's name.
				if filepath.Base(fault.File) == fault.File {
					fault.File = filepath.Join(args[0], fault.File)
				}
			}
		}
		for _, fault := range faults {
			fmt.Fprintln(cmd.OutOrStdout(), fault)
		}
		if len(faults) > 0 {
			return fmt.Errorf("policy check: %d found wrong", len(faults))
		}
		fmt.Fprintln(cmd.OutOrStdout(), "nothing wrong:", what)
		return nil
	}
	return cmd
}

// versionFolder is a folder that is to be read as a version, and the version's name.
func versionFolder(path string) (folder, name string, err error) {
	folder, err = filepath.Abs(path)
	if err != nil {
		return "", "", fmt.Errorf("find the policy folder: %w", err)
	}
	info, err := os.Stat(folder)
	if err != nil {
		return "", "", fmt.Errorf("find the policy folder: %w", err)
	}
	if !info.IsDir() {
		return "", "", fmt.Errorf("%s is not a folder", path)
	}
	return folder, filepath.Base(folder), nil
}

// policyNamed is a version by its name or its folder.
func policyNamed(name string, demonstration bool) (*policy.Policy, error) {
	if filepath.Base(name) == name && name != "." && name != ".." {
		return policy.Load(name, demonstration)
	}
	folder, id, err := versionFolder(name)
	if err != nil {
		return nil, err
	}
	return policy.ReadFolder(os.DirFS(folder), id)
}
