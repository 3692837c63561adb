using WorkflowEngine.Storage.Organisations;

namespace WorkflowEngine.Host.Organisations;

public static class Bodies
{
    extension(Organisation organisation)
    {
        /// <summary>As filing and deciding need to know it.</summary>
        public Body Body => new(organisation.Id, organisation.Name, organisation.Level, organisation.Kind, organisation.Path);
    }
}
