using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Instances;

namespace WorkflowEngine.Host.Cases;

/// <summary>Draws the next 办件编号 of a flow at an authority, in the business year.</summary>
public sealed class CaseNumbering(CaseNumbers numbers, BusinessClock clock)
{
    public async Task<string> NextAsync(FlowOnOffer offer, string authorityId, CancellationToken ct)
    {
        var year = clock.Today.Year;
        return CaseNumber.From(offer.NumberPrefix, year, authorityId, await numbers.NextAsync($"{offer.NumberPrefix}-{authorityId}", year, ct));
    }
}
