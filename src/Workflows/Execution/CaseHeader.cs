namespace WorkflowEngine.Workflows.Execution;

/// <summary>The case (案件) that an instance carries out.</summary>
/// <param name="Number">办件编号.</param>
/// <param name="Parties">Organisation id by the party's name: <c>applicant</c>, <c>authority</c>, <c>province</c>, and <c>vendor</c> where the applicant names one.</param>
public sealed record CaseHeader(string Number, string Title, IReadOnlyDictionary<string, string> Parties)
{
    /// <summary>办件编号 of the case that this one is about or continues: a complaint's application, a new application's ended one.</summary>
    public string? LinkedTo { get; init; }

    /// <summary>The applicant asked that the authority is not told who it is (D-19): the province sees the case, the authority its tasks only.</summary>
    public bool IsConfidential { get; init; }

    /// <summary>The case of <see cref="LinkedTo"/> is confidential itself (a review of a complaint, a complaint handed on), so its number gives nobody away.</summary>
    public bool IsLinkedConfidential { get; init; }

    /// <summary>The organisation whose case it is. A confidential one is the province's, or the authority would own what its audit chain says.</summary>
    public string OwnerId => Parties[IsConfidential ? Province : Authority];

    /// <summary>Whether who asked for confidentiality is named to this organisation: to itself and the province only.</summary>
    public bool MayKnowApplicant(string organisation) =>
        !IsConfidential || Parties.GetValueOrDefault(Applicant) == organisation || Parties.GetValueOrDefault(Province) == organisation;

    /// <summary>Whose case it is to read, with everybody above them. Of a confidential one the authority learns its tasks and notices, not the case (D-19).</summary>
    public IEnumerable<string> Readers => IsConfidential
        ? Parties.Where(party => party.Key is Applicant or Province).Select(party => party.Value)
        : Parties.Where(party => party.Key != Vendor).Select(party => party.Value);

    /// <summary>Stands in letters where the applicant's name would.</summary>
    public const string UnnamedApplicant = "（申请保密）";

    public const string Applicant = "applicant";
    public const string Authority = "authority";
    public const string Province = "province";

    /// <summary>The vendor whose product the case is about, as the applicant named it. It gets letters; the case is not its to read.</summary>
    public const string Vendor = "vendor";
}
